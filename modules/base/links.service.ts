import { Conflict, type Records, type Services, TooMany, UserError } from '@tessera/core'
import { Link } from './link.model.ts'
import { mailsLink } from './link-mail.ts'
import { hashOf, newToken } from './token.ts'
import { User } from './user.model.ts'

declare module '@tessera/core' {
  interface Services {
    links: LinkService
  }
}

/** Tokens that are good once, for one purpose and a short time. Of each only a hash is kept. */
export class LinkService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  async create(user: string, purpose: Link['purpose']): Promise<string> {
    const token = newToken()
    await this.#system.transaction(async () => {
      await this.#system.create(Link, { tokenHash: hashOf(token), user, purpose, expiresAt: this.#in(livesMs[purpose]) })
      // It is printed where the server starts, and makes an administrator of whoever reads it.
      if (purpose === 'first-run') await this.#services.audit.note('link.shown', { model: 'user', record: user, details: { purpose } })
    })
    return token
  }

  /** Refuses what is unknown, used, expired, or for another purpose: what is for the second step must not make the first one. */
  async find(token: string, purposes: readonly Link['purpose'][] = signingIn): Promise<Link> {
    const link = await this.#system.find(Link, { tokenHash: hashOf(token) })
    if (!link || !purposes.includes(link.purpose) || link.usedAt || link.expiresAt <= this.#now || !link.user.active) throw linkIsOver()
    if (link.purpose === 'first-run' && (await this.#isAdministered())) throw linkIsOver()
    return link
  }

  /** The version decides between two who use it at the same moment. */
  async useUp(link: Link): Promise<void> {
    try {
      await this.#system.update(Link, link.id, { usedAt: this.#now }, link.version)
    } catch (error) {
      throw error instanceof Conflict ? linkIsOver() : error
    }
  }

  /** Mails one; whether there is such an address is found out by a job, where nobody waits for the answer. */
  async mail(address: string, purpose: 'sign-in' | 'confirm'): Promise<void> {
    const { jobs, context } = this.#services
    await this.countMail(address)
    await jobs.send(mailsLink, { email: address.slice(0, 254), locale: context.locale, purpose })
  }

  /** Counts a mail with a link. TooMany (429) for an address that was sent too many, so that nobody's mailbox is filled. */
  async countMail(address: string): Promise<void> {
    const { count, seconds } = await this.#services.limits.count(`link to ${hashOf(address)}`, hour / 1000)
    if (count > mostLinks)
      throw new TooMany(
        'base.too_many_links',
        'This address was sent {most} links within an hour. Look into the folder for spam, or try again in {minutes} minutes.',
        seconds,
        { most: mostLinks, minutes: Math.ceil(seconds / 60) },
      )
  }

  /** Ends all of a user's, used or not. */
  async endAll(user: string): Promise<void> {
    for (;;) {
      const { rows } = await this.#system.query(Link, { fields: ['id'], where: { user }, limit: 200 })
      for (const { id } of rows) await this.#system.remove(Link, id)
      if (rows.length < 200) return
    }
  }

  /** Whether an administrator has a password: then every link that a start has printed is over, whomever it was for. */
  async #isAdministered(): Promise<boolean> {
    const names = [...this.#services.app.roles.values()].filter(({ everything }) => everything).map(({ name }) => name)
    const claimed = { active: true, passwordHash: { $ne: null }, roles: { name: { $in: names } } }
    return (await this.#system.count(User, { where: claimed })) > 0
  }

  get #system(): Records {
    return this.#services.asSystem('Whoever brings a link is not signed in yet.')
  }
  get #now(): Date {
    return this.#services.context.now
  }
  #in(milliseconds: number): Date {
    return new Date(this.#now.getTime() + milliseconds)
  }
}

const minute = 60_000
const hour = 60 * minute
const livesMs = { 'first-run': 24 * hour, invitation: 72 * hour, 'sign-in': 15 * minute, confirm: 15 * minute, 'second-factor': 5 * minute }
/** Those that a sign-in begins with. */
const signingIn: readonly Link['purpose'][] = ['first-run', 'sign-in']
/** An hour, to one address. */
const mostLinks = 3

/** Why a link does nothing: never which of the reasons it is. */
export function linkIsOver(): UserError {
  return new UserError('base.link_over', 'This sign-in link was used already or has expired. Ask for a new one.')
}
