import { type Draft, type Records, type Services, UserError } from '@tessera/core'
import type { Origin } from './attempts.ts'
import type { HalfOpen, OpenedSession } from './identity.service.ts'
import { Link } from './link.model.ts'
import { checkPassword, hashPassword } from './password.ts'
import { demandPowerOver } from './rights.ts'
import { User } from './user.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly invitations: InvitationService
  }
}

/** What an invited user is told. */
export interface Invitation {
  readonly user: string
  readonly email: string
  readonly link: string
  readonly subject: string
  readonly text: string
  /** False where no mail server is set up: then it is for the inviter to bring the link to the other. */
  readonly isMailed: boolean
}

/** Asks people to come in: an account, and a link to make it one's own within three days. */
export class InvitationService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** A new user with the caller's rights, and his invitation. An address that has an account is told so. */
  async invite(draft: Draft<User>): Promise<Invitation> {
    const { records } = this.#services
    const email = draft.email.trim().toLowerCase()
    return records.transaction(async () => {
      const known = await this.#system.find(User, { email })
      if (known) throw knownAlready(known)
      const { id } = await records.create(User, { ...draft, email }, [])
      return this.send(await this.#system.get(User, id))
    })
  }

  /** Invites a user who did not sign in yet, again: earlier links of his are over. */
  async again(user: User): Promise<Invitation> {
    const { active, lastSignInAt } = await this.#system.get(User, user.id, ['active', 'lastSignInAt'])
    if (!active || lastSignInAt) throw knownAlready({ ...user, active, lastSignInAt })
    await demandPowerOver(this.#services, user.id)
    return this.send(user)
  }

  /** Whoever calls this has made sure that the caller may let somebody in as this user. */
  async send({ id, name, email, language }: Pick<User, 'id' | 'name' | 'email' | 'language'>): Promise<Invitation> {
    const { audit, config, context, inLanguage, outbox } = this.#services
    await this.#services.links.countMail(email)
    return this.#system.transaction(async () => {
      const link = await this.#freshLink(id)
      const { text: said } = inLanguage(language ?? context.locale)
      const desk = new URL(config.baseUrl).host
      const subject = said('base.invitation.subject', { desk })
      const text = said('base.invitation.text', {
        name,
        desk,
        link,
        hours: invitationHours,
        inviter: context.caller.id ? context.caller.name : desk,
      })
      const validUntil = new Date(context.now.getTime() + invitationHours * 3_600_000)
      await outbox.send({ to: email, subject, text, event: 'identity.invitation', secret: true, validUntil })
      await this.#system.update(User, id, { invitedAt: context.now })
      await audit.note('invitation', { model: 'user', record: id, personal: { email } })
      return { user: id, email, link, subject, text, isMailed: config.smtpUrl !== undefined }
    })
  }

  /** A new link that the caller shows the other himself; earlier ones are over. */
  async showLink(user: string): Promise<string> {
    await demandPowerOver(this.#services, user)
    const { name, active } = await this.#system.get(User, user, ['name', 'active'])
    if (!active)
      throw new UserError('base.invite_inactive', '{name} is deactivated. Activate the account first, then invite again.', { name })
    return this.#system.transaction(async () => {
      await this.#services.audit.note('link.shown', { model: 'user', record: user })
      return this.#freshLink(user)
    })
  }

  /** Whom an invitation is for, without using it up. */
  async holderOf(token: string): Promise<{ readonly name: string; readonly email: string }> {
    const { user } = await this.#services.links.find(token, ['invitation'])
    return { name: user.name, email: user.email }
  }

  /** The invited makes the account his own; without a password he signs in by links. */
  async accept(
    token: string,
    about: { readonly name: string; readonly password?: string | undefined },
    from: Origin = {},
  ): Promise<OpenedSession | HalfOpen> {
    const { identity, links } = this.#services
    const link = await links.find(token, ['invitation'])
    if (about.password !== undefined) checkPassword(about.password)
    const passwordHash = about.password === undefined ? undefined : await hashPassword(about.password)
    return this.#system.transaction(async () => {
      await links.useUp(link)
      await this.#system.update(User, link.user.id, { name: about.name, ...(passwordHash && { passwordHash }) })
      // Who had a second factor already is asked for it: a link is no way past it.
      return link.user.secondFactor
        ? { halfOpen: await identity.createLink(link.user.id, 'second-factor') }
        : identity.openSession(link.user.id, from)
    })
  }

  async #freshLink(user: string): Promise<string> {
    const { rows } = await this.#system.query(Link, { fields: ['id'], where: { user, purpose: 'invitation', usedAt: null }, limit: 200 })
    for (const { id } of rows) await this.#system.remove(Link, id)
    return `${this.#services.config.baseUrl}/invitation/${await this.#services.links.create(user, 'invitation')}`
  }

  get #system(): Records {
    return this.#services.asSystem('An account is opened, and its holder let in, by an invitation; the caller’s rights were asked before.')
  }
}

function knownAlready({ name, email, active, lastSignInAt }: Pick<User, 'name' | 'email' | 'active' | 'lastSignInAt'>): UserError {
  if (!active)
    return new UserError('base.invite_inactive', '{name} is deactivated. Activate the account first, then invite again.', { name })
  return lastSignInAt
    ? new UserError('base.invite_active', '{email} is the address of {name}, who signs in already and needs no invitation.', {
        email,
        name,
      })
    : new UserError('base.invite_waiting', '{name} ({email}) is invited already. Open the user to invite again.', { email, name })
}

/** How long an invitation is good. */
const invitationHours = 72
