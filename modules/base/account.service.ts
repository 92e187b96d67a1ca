import { demandConfirmed, Forbidden, type Records, type Services, UserError } from '@tessera/core'
import { attemptsAt, slowDown } from './attempts.ts'
import { linkIsOver } from './links.service.ts'
import { checkPassword, hashPassword, isPasswordOf } from './password.ts'
import { User } from './user.model.ts'

declare module '@tessera/core' {
  interface Services {
    account: AccountService
  }
}

/** What the caller does about his own account: he confirms that it is he, and changes his password. */
export class AccountService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** How the caller can show that it is he; with neither, by a link that he is mailed. */
  async proofs(): Promise<{ readonly password: boolean; readonly secondFactor: boolean; readonly email: string }> {
    const { passwordHash, secondFactor, email } = await this.#self()
    return { password: passwordHash !== null, secondFactor, email }
  }

  /** By his password, or by a code of his second factor. */
  async confirm({ password, code }: { readonly password?: string | undefined; readonly code?: string | undefined }): Promise<void> {
    const user = await this.#self()
    await slowDown(this.#services, attemptsAt(user.email))
    const isRight = password
      ? await isPasswordOf(user.passwordHash, password)
      : code !== undefined && (await this.#services.secondFactor.accept(user.id, code)) !== undefined
    if (!isRight) throw new UserError('base.not_confirmed', 'This is not right, or it was used already. Try again.')
    await this.#services.limits.clear(attemptsAt(user.email))
    await this.#services.sessions.confirmed()
  }

  /** For whoever has neither. */
  async mailConfirmation(): Promise<void> {
    const { passwordHash, secondFactor, email } = await this.#self()
    if (passwordHash || secondFactor) throw linkIsOver()
    await this.#services.links.mail(email, 'confirm')
  }

  /** The link of `mailConfirmation`, opened by whom it was sent to, in the browser in which he is signed in. */
  async confirmByLink(token: string): Promise<void> {
    const link = await this.#services.links.find(token, ['confirm'])
    if (link.user.id !== (await this.#self()).id) throw linkIsOver()
    await this.#services.links.useUp(link)
    await this.#services.sessions.confirmed()
  }

  /** He shows that it is he by the one he had; whoever has none chooses his first. His other sessions and his links end. */
  async changePassword(current: string, password: string): Promise<void> {
    const user = await this.#self()
    const { context, limits, sessions, links } = this.#services
    if (user.passwordHash) {
      await slowDown(this.#services, attemptsAt(user.email))
      if (!(await isPasswordOf(user.passwordHash, current)))
        throw new UserError('base.password_wrong', 'This is not your password as it was until now.')
      await limits.clear(attemptsAt(user.email))
    } else demandConfirmed(context)
    checkPassword(password)
    const passwordHash = await hashPassword(password)
    await this.#system.transaction(async () => {
      await this.#system.update(User, user.id, { passwordHash })
      await sessions.endOthers()
      await links.endAll(user.id)
    })
  }

  async #self(): Promise<User> {
    const { caller, credential } = this.#services.context
    if (caller.id === null || (credential?.kind === 'session' && credential.viewedBy))
      throw new Forbidden('base.only_own_account', 'Only whoever is signed in himself confirms who he is or changes his password.')
    return this.#system.get(User, caller.id)
  }

  get #system(): Records {
    return this.#services.asSystem('Nobody reads how somebody signs in, not even he himself.')
  }
}
