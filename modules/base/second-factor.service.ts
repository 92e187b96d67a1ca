import { Conflict, demandConfirmed, Forbidden, type Records, type Services, UserError } from '@tessera/core'
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'
import { newRecoveryCodes, plainCode, recoveryHash } from './recovery-codes.ts'
import { SecondFactor } from './second-factor.model.ts'
import { User } from './user.model.ts'

declare module '@tessera/core' {
  interface Services {
    secondFactor: SecondFactorService
  }
}

/** What somebody puts into his app, until a code of it has shown that he did. */
export interface Enrolment {
  /** In groups of four, for whoever cannot scan the picture. */
  readonly secret: string
  /** An `otpauth:` address, which opens the app on the device that has it. */
  readonly address: string
  /** The address as a picture: SVG without style. */
  readonly picture: string
}

/** Codes of an app (TOTP, RFC 6238) as the second thing that one signs in with, and recovery codes for whoever has lost it. */
export class SecondFactorService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** A new secret for the caller, in place of one that he has not confirmed yet. */
  async begin(): Promise<void> {
    const user = await this.#self()
    demandConfirmed(this.#services.context)
    if (user.secondFactor)
      throw new UserError('base.second_factor_on', 'Your second factor is on already. Turn it off before you set up another app.')
    const secret = this.#services.sealing.seal(new Secret({ size: 20 }).base32, purpose)
    const known = await this.#of(user.id)
    if (known) await this.#system.update(SecondFactor, known.id, { secret, recoveryCodes: [], lastStep: 0 }, known.version)
    else await this.#system.create(SecondFactor, { user: user.id, secret })
  }

  /** What the caller has begun and not confirmed. Once it is confirmed, nobody is shown it again. */
  async pending(): Promise<Enrolment | undefined> {
    const user = await this.#self()
    const factor = user.secondFactor ? null : await this.#of(user.id)
    const totp = factor && this.#totpOf(factor, user.email)
    if (!totp) return undefined
    const address = totp.toString()
    return { secret: totp.secret.base32.replace(/.{4}(?=.)/g, '$& '), address, picture: renderSVG(address, { border: 2, pixelSize: 4 }) }
  }

  /** Turns it on with a first code of the app. The recovery codes are shown now and never again. */
  async confirm(code: string): Promise<readonly string[]> {
    const user = await this.#self()
    demandConfirmed(this.#services.context)
    const factor = user.secondFactor ? null : await this.#of(user.id)
    const step = factor && this.#stepOf(factor, plainCode(code))
    if (!factor || step === undefined || step === null)
      throw new UserError(
        'base.code_wrong',
        'This is not the code that the app shows now. Check that its clock is right, and type the newest one.',
      )
    const codes = newRecoveryCodes()
    await this.#system.transaction(async () => {
      const recoveryCodes = codes.map((each) => this.#hashOf(user.id, each))
      await this.#system.update(SecondFactor, factor.id, { lastStep: step, recoveryCodes }, factor.version)
      await this.#system.update(User, user.id, { secondFactor: true })
      await this.#services.audit.note('second-factor.on', { model: 'user', record: user.id })
    })
    return codes
  }

  /** Ten new recovery codes in place of those that are left. */
  async renewRecoveryCodes(): Promise<readonly string[]> {
    const user = await this.#self()
    demandConfirmed(this.#services.context)
    const factor = user.secondFactor ? await this.#of(user.id) : null
    if (!factor) throw new UserError('base.second_factor_off', 'There are recovery codes once the second factor is on.')
    const codes = newRecoveryCodes()
    await this.#system.update(SecondFactor, factor.id, { recoveryCodes: codes.map((each) => this.#hashOf(user.id, each)) }, factor.version)
    return codes
  }

  /** How many recovery codes the caller has left. */
  async recoveryCodesLeft(): Promise<number> {
    const { id } = await this.#self()
    return (await this.#of(id))?.recoveryCodes.length ?? 0
  }

  async turnOff(): Promise<void> {
    const { id } = await this.#self()
    demandConfirmed(this.#services.context)
    await this.remove(id, 'second-factor.off')
  }

  /** Takes it from a user. Who may is decided by whoever calls this: the user himself, or the action `resetSecondFactor`. */
  async remove(user: string, kind: 'second-factor.off' | 'second-factor.reset'): Promise<void> {
    await this.#system.transaction(async () => {
      const factor = await this.#of(user)
      if (factor) await this.#system.remove(SecondFactor, factor.id)
      await this.#system.update(User, user, { secondFactor: false })
      await this.#services.audit.note(kind, { model: 'user', record: user })
    })
  }

  /** Whether the code is right, and what it was: it is used up then. Delays and limits are the caller's. */
  async accept(user: string, typed: string): Promise<'code' | 'recovery-code' | undefined> {
    const factor = await this.#of(user)
    const code = plainCode(typed)
    if (!factor?.user.secondFactor) return undefined
    try {
      const step = this.#stepOf(factor, code)
      if (step !== undefined) {
        await this.#system.update(SecondFactor, factor.id, { lastStep: step }, factor.version)
        return 'code'
      }
      const hash = this.#hashOf(user, code)
      if (!factor.recoveryCodes.includes(hash)) return undefined
      const recoveryCodes = factor.recoveryCodes.filter((each) => each !== hash)
      await this.#system.transaction(async () => {
        await this.#system.update(SecondFactor, factor.id, { recoveryCodes }, factor.version)
        await this.#services.audit.note('recovery-code.used', { model: 'user', record: user, details: { left: recoveryCodes.length } })
      })
      return 'recovery-code'
    } catch (error) {
      // Two with the same code at the same moment: the version decides, and only one of them has it.
      if (error instanceof Conflict) return undefined
      throw error
    }
  }

  /** The time step of a right code that is newer than the last one that was taken. */
  #stepOf(factor: SecondFactor, code: string): number | undefined {
    if (!/^\d{6}$/.test(code)) return undefined
    const timestamp = this.#services.context.now.getTime()
    const delta = this.#totpOf(factor, '')?.validate({ token: code, timestamp, window: 1 }) ?? null
    if (delta === null) return undefined
    const step = TOTP.counter({ timestamp }) + delta
    return step > factor.lastStep ? step : undefined
  }

  #totpOf(factor: SecondFactor, email: string): TOTP | undefined {
    const secret = this.#services.sealing.open(factor.secret, purpose)
    if (secret === undefined) return undefined
    return new TOTP({ issuer: new URL(this.#services.config.baseUrl).host, label: email, secret: Secret.fromBase32(secret) })
  }

  #hashOf(user: string, code: string): string {
    return recoveryHash(this.#services.config.secret('recovery codes'), user, code)
  }

  #of(user: string): Promise<SecondFactor | null> {
    return this.#system.find(SecondFactor, { user })
  }

  async #self(): Promise<User> {
    const { caller, credential } = this.#services.context
    if (caller.id === null || (credential?.kind === 'session' && credential.viewedBy))
      throw new Forbidden('base.only_oneself_second_factor', 'A second factor is set up by its owner alone.')
    return this.#system.get(User, caller.id)
  }

  get #system(): Records {
    return this.#services.asSystem('The secrets of a second factor are read by nobody, and checked before anybody is signed in.')
  }
}

const purpose = 'second factor'
