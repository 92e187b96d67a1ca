import { type MailedFile, staff } from '@tessera/base'
import type { Records, Services } from '@tessera/core'
import { Activity } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { doersOf } from './doers.ts'
import type { Event } from './event.ts'
import { filesSaid, fitInMail } from './files.ts'
import { withoutHidden } from './mail/hidden.ts'
import { type MailValues, renderMail, renderText, type Wording } from './mail/render.ts'
import { Notice } from './notice.model.ts'
import { NotificationTemplate } from './notification-template.model.ts'
import { type Receiver, receiversOf } from './receivers.ts'
import { heardBy, hiddenFrom, languageOf, told, valuesFor } from './values.ts'

declare module '@tessera/core' {
  interface Services {
    readonly notifications: NotificationService
  }
}

/** Something that happened to a ticket. */
export interface Happening {
  /** The ticket's id. */
  readonly ticket: string
  readonly event: Event
  /** Who did it; null for the system and for somebody without an account. */
  readonly actor: { readonly id: string; readonly name: string } | null
  /** Of an assignment, whether the person changed or only the team. */
  readonly to?: 'assignee' | 'team'
  /** The ids of those whom a message or note names, and who may read it. */
  readonly mentioned?: readonly string[]
  /** An activity that somebody was given, or is reminded of: its id and his. */
  readonly activity?: { readonly id: string; readonly user: string }
  /** What was said: publicly, or where somebody is named perhaps in a note, which is for him alone. */
  readonly said?: { readonly body: string; readonly by: 'staff' | 'customer' | 'bot'; readonly message?: string }
  /** It was merged into another ticket, or taken out of it: that it is closed or open by that is no news. */
  readonly joined?: true
}

/** What is said about a change to those who share language, audience and wishes. */
interface Draft {
  readonly event: Event
  readonly wording: Wording
  readonly language: string
  readonly values: MailValues
}

/** Decides who is told what of a change, and puts it into the outbox. */
export class NotificationService {
  protected readonly services: Services
  constructor(services: Services) {
    this.services = services
  }

  /** Everything that happened to one ticket in a transaction, at its end and in it. */
  async tell(id: string, happened: readonly Happening[]): Promise<void> {
    const ticket = await this.#system(this.services).find(Ticket, { id })
    if (!ticket) return
    const happenings = newsIn(happened)
    // What is said in a merged ticket is for those who go on with it.
    if (ticket.mergedInto && happenings.some(({ said }) => said)) {
      await this.tell(
        ticket.mergedInto.id,
        happenings.filter(({ said }) => said),
      )
      return
    }
    const drafts = new Map<string, Draft | undefined>()
    for (const receiver of await this.receivers(ticket, happenings)) {
      if (receiver.user !== undefined && receiver.bell[0])
        await this.#ring(ticket, receiver.user, receiver.bell[0], heardAs(receiver, happenings))
      if (receiver.events.length === 0) continue
      const language = languageOf(this.services.app, receiver.language)
      // What one of the staff may read of it is his own matter; customers are told what every customer sees.
      const key = [language, receiver.audience, receiver.user ?? '', ...receiver.events].join(' ')
      if (!drafts.has(key)) drafts.set(key, await this.#draft(ticket, heardAs(receiver, happenings), receiver, language))
      const draft = drafts.get(key)
      if (draft) await this.#send(ticket, receiver, draft, happenings)
    }
  }

  /** Whom it concerns, each once; an addon may add or leave out. */
  async receivers(ticket: Ticket, happenings: readonly Happening[]): Promise<readonly Receiver[]> {
    const records = this.#system(this.services)
    const mayRead = async (user: string) => (await this.#isStaff(user)) && this.services.mayRead(user, Ticket, ticket.id)
    const concerned = await receiversOf(records, ticket, happenings, {
      hasChannel: (channel) => this.services.channels.named(channel) !== undefined,
      followers: await this.services.followers.of(this.services.app.models.of(Ticket), ticket.id),
      mayRead,
    })
    const mayReadActivity = async (user: string, id: string) => (await mayRead(user)) && this.services.mayRead(user, Activity, id)
    return [...concerned, ...(await doersOf(records, happenings, mayReadActivity))]
  }

  /** By the template of the strongest event that has one. */
  async #draft(
    ticket: Ticket,
    happenings: readonly Happening[],
    { audience, events, user }: Receiver,
    language: string,
  ): Promise<Draft | undefined> {
    const reader = this.services.inLanguage(language)
    const { rows } = await this.#system(reader).query(NotificationTemplate, {
      fields: ['event', 'subject', 'body'],
      where: { audience, event: { $in: events }, active: true },
    })
    const event = events.find((each) => rows.some((row) => row.event === each))
    const wording = rows.find((row) => row.event === event)
    if (!event || !wording) return undefined
    const telling = { event, happenings, audience }
    const whole = await valuesFor(reader, await this.#system(reader).get(Ticket, ticket.id, told), telling)
    if (user === undefined) return { event, wording, language, values: whole }
    const values = await valuesFor(reader, (await reader.seenBy(user, Ticket, ticket.id, told)) ?? {}, {
      ...telling,
      happenings: await heardBy(reader, user, happenings),
    })
    return { event, wording: withoutHidden(wording, hiddenFrom(whole, values), reader), language, values }
  }

  /** The strongest of what happened, once. */
  async #ring(ticket: Ticket, user: string, event: Event, happenings: readonly Happening[]): Promise<void> {
    const actor = happenings.find((each) => each.event === event)?.actor?.id ?? null
    await this.#system(this.services).create(Notice, { user, event, model: 'ticket', record: ticket.id, actor })
  }

  async #send(
    ticket: Ticket,
    receiver: Receiver,
    { event, wording, language, values }: Draft,
    happenings: readonly Happening[],
  ): Promise<void> {
    const { channel, to, name, signsIn, audience } = receiver
    const said = audience === 'partner' ? await filesSaid(this.services, happenings) : []
    const takes = this.services.channels.named(channel)?.takesFiles && (await fitInMail(this.services, said))
    const linked = said.length === 0 || takes ? '' : this.#linked(said, signsIn, language)
    const his = { ...values, name, url: signsIn ? values.url : '', files: linked }
    const about = { channel, to, about: { model: 'ticket', record: ticket.id }, event: `ticket.${event}`, conversation: ticket.id }
    const message = { ...about, ...(takes && { files: said }) }
    const more = linked ? `\n\n${linked} ${his.url}`.trimEnd() : ''
    if (channel !== 'email') return this.services.outbox.send({ ...message, text: `${renderText(wording.body, his)}${more}` })
    const { subject, text, html } = await renderMail(wording, language, his)
    await this.services.outbox.send({ ...message, subject, html, text: `${text}${more}\n\n-- \n${values.footer}` })
  }

  /** Files that do not come along are named, with where they are for whoever can go there. */
  #linked(files: readonly MailedFile[], signsIn: boolean, language: string): string {
    const names = files.map(({ name }) => name).join(', ')
    return this.services.inLanguage(language).text(signsIn ? 'notifications.files_linked' : 'notifications.files_named', { names })
  }

  /** Mails for the staff name the team and the person whom a ticket concerns. */
  async #isStaff(user: string): Promise<boolean> {
    return (await this.services.access.profileOf(user))?.caller.ability.has(staff) ?? false
  }

  #system({ asSystem }: Services): Records {
    return asSystem('Who is told of a ticket does not depend on who changed it.')
  }
}

function newsIn(happenings: readonly Happening[]): readonly Happening[] {
  if (!happenings.some(({ joined }) => joined)) return happenings
  return happenings.filter(({ event, joined }) => !joined && event !== 'closed' && event !== 'status')
}

/** What was said in a note is heard by those whom it names, what is to be done by whoever is to do it, and by nobody else. */
function heardAs({ audience, events, user }: Receiver, all: readonly Happening[]): readonly Happening[] {
  if (audience === 'doer') return all.filter(({ activity }) => activity?.user === user)
  const happenings = all.filter(({ activity }) => !activity)
  const isNamed = audience === 'follower' && events.includes('mentioned')
  return isNamed ? happenings : happenings.filter(({ event }) => event !== 'mentioned')
}
