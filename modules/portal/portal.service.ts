import { User } from '@tessera/base'
import { Forbidden, type Records, type Services, UserError } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { History } from '@tessera/thread'
import { Ticket, TicketType } from '@tessera/ticket'
import { type PortalForm, portalForm } from './form.ts'

declare module '@tessera/core' {
  interface Services {
    readonly portal: PortalService
  }
}

/** A type of ticket that customers may file. */
export interface Offer {
  readonly id: string
  readonly name: string
  readonly form: PortalForm
}

/** What customers may file, and who of them gets an account. */
export class PortalService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** The declared forms. An addon adds its own: `override forms() { return [...super.forms(), testDrive] }`; of two for one type the later holds. */
  forms(): readonly PortalForm[] {
    return [
      portalForm('inquiry', { icon: 'help-circle' }),
      portalForm('request', { icon: 'clipboard-list' }),
      portalForm('complaint', { icon: 'mood-sad' }),
    ]
  }

  /** All types that are offered, in their order; a type without a form of its own asks for subject and description. */
  async offers(): Promise<readonly Offer[]> {
    const forms = new Map(this.forms().map((form) => [form.type, form]))
    const types = this.#services.asSystem('Which types can be filed is told to everybody, also to who is not signed in.')
    const { rows } = await types.query(TicketType, { fields: ['code', 'name'], limit: 200, offered: true })
    return rows.map(({ id, code, name }) => ({ id, name, form: forms.get(code) ?? portalForm(code) })).filter(({ form }) => form.offered)
  }

  /**
   * Gives a partner an account, where he has none, and invites him; whoever came in already is mailed a link to sign in. Both go to
   * the account's own address: whoever changes the partner's address later does not get the account with it.
   */
  async invite(partner: Partner): Promise<void> {
    const { records, invitations, identity } = this.#services
    await records.transaction(async () => {
      const user = (await this.#accountOf(partner)) ?? (await this.#open(partner))
      if (user.lastSignInAt) await identity.mailLink(user.email, {})
      else await invitations.send(user)
    })
  }

  /** The account that the partner has. */
  async #accountOf(partner: Partner): Promise<User | null> {
    const user = await this.#system.find(User, { partner: partner.id, roles: { name: 'customer' } })
    if (user && !user.active)
      throw new UserError('portal.deactivated', 'The account of {name} is deactivated. Ask an administrator to activate it again.', partner)
    return user
  }

  async #open(partner: Partner): Promise<User> {
    const email = partner.email?.trim().toLowerCase()
    if (!email) throw new UserError('portal.no_email', '{name} has no email address. Add one, then invite again.', partner)
    // Also of somebody who may not sign in: an address belongs to one account, and never to another person's.
    if (await this.#system.find(User, { email }))
      throw new UserError(
        'portal.address_taken',
        'The address {email} belongs to an account that is not {name}’s. Give {name} an address of their own, then invite again.',
        { email, name: partner.name },
      )
    await this.#refuseOwnAddress(partner)
    const roles = [{ code: 'customer' }]
    const language = partner.language !== null && this.#services.app.texts.has(partner.language) ? partner.language : null
    return this.#system.create(User, { email, name: partner.name, roles, partner: partner.id, language })
  }

  /** Whoever wrote the address could read its mail: an account is opened there only if it sees no more than he does. */
  async #refuseOwnAddress({ id, name }: Partner): Promise<void> {
    const { context, records } = this.#services
    const actor = context.caller.id
    if (actor === null) return
    const by = { model: 'partner', record: id, actor, $or: [{ field: null }, { field: { $in: ['email', 'company', 'managesCompany'] } }] }
    if ((await this.#system.count(History, { where: by })) === 0) return
    const { company, managesCompany } = await this.#system.get(Partner, id, ['company', 'managesCompany'])
    const partners =
      company && managesCompany
        ? { $or: [{ partner: id }, { partner: { company: company.id } }, { partner: company.id }] }
        : { partner: id }
    const [all, seen] = await Promise.all([this.#system.count(Ticket, { where: partners }), records.count(Ticket, { where: partners })])
    if (seen < all)
      throw new Forbidden(
        'portal.own_address',
        'You wrote the address of {name}, or whose requests they see, and there are requests among them that you may not see. Ask a manager to invite them.',
        { name },
      )
  }

  get #system(): Records {
    return this.#services.asSystem('Whoever may invite a partner opens an account with the role of a customer, and no other.')
  }
}
