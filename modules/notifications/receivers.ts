/** Who is told what of one change of a ticket: a person once, of the strongest thing that concerns him. */
import { User } from '@tessera/base'
import type { Records } from '@tessera/core'
import type { Ticket } from '@tessera/ticket'
import { type Audience, bellOf, type Event, eventsFor, preferenceOf } from './event.ts'
import type { Happening } from './notification.service.ts'

export interface Receiver {
  readonly audience: Audience
  /** Of the staff, his id: what his rules hide from him is in no mail. */
  readonly user?: string
  readonly name: string
  readonly language: string | null
  /** `email`, or the chat by which the ticket came. */
  readonly channel: string
  readonly to: string
  /** Whether he can open the ticket's page: it takes an account, and that an email address. */
  readonly signsIn: boolean
  /** What he may be told of, the strongest first. */
  readonly events: readonly Event[]
  /** What the bell may tell him, likewise; customers have none. */
  readonly bell: readonly Event[]
}

/**
 * `hasChannel` says which are there. The same address is told once: staff before the customer. Of staff, those who may read the
 * ticket: a mail tells nobody what the desk would not show him.
 */
export async function receiversOf(
  records: Records,
  ticket: Ticket,
  happenings: readonly Happening[],
  {
    hasChannel,
    followers,
    mayRead,
  }: {
    readonly hasChannel: (name: string) => boolean
    /** The ids of those who follow the ticket. */
    readonly followers: readonly string[]
    readonly mayRead: (user: string) => Promise<boolean>
  },
): Promise<readonly Receiver[]> {
  const actors = new Set(happenings.flatMap(({ actor }) => actor?.id ?? []))
  const { named, others } = await followersOf(records, ticket, happenings, actors, followers)
  // What a note says is for those whom it names.
  const heard = happenings.filter(({ event }) => event !== 'mentioned')
  const colleagues = [...named, ...assigneeOf(ticket, heard, actors), ...(await teamOf(records, ticket, heard, actors)), ...others]
  const all: Receiver[] = []
  for (const { user, receiver } of colleagues) if (isTold(receiver) && (await mayRead(user))) all.push(receiver)
  all.push(...(await partnerOf(records, ticket, heard, actors, hasChannel)))
  const byAddress = new Map<string, Receiver>()
  for (const receiver of all.filter(isTold)) {
    const address = `${receiver.channel}:${receiver.to.toLowerCase()}`
    if (!byAddress.has(address)) byAddress.set(address, receiver)
  }
  return [...byAddress.values()]
}

const isTold = ({ events, bell }: Receiver): boolean => events.length > 0 || bell.length > 0

/** Those whom a message names before all others; those who only follow it after the others, and not whoever has it: his mails say more. */
async function followersOf(
  records: Records,
  { assignee }: Ticket,
  happenings: readonly Happening[],
  actors: ReadonlySet<string>,
  followers: readonly string[],
): Promise<{ readonly named: readonly Colleague[]; readonly others: readonly Colleague[] }> {
  const mentioned = new Set(happenings.flatMap((each) => each.mentioned ?? []))
  const happened = (isNamed: boolean) =>
    eventsFor.follower.filter((event) => (isNamed || event !== 'mentioned') && happenings.some((each) => each.event === event))
  const ids = [...new Set([...mentioned, ...(happened(false).length > 0 ? followers : [])])].filter((id) => !actors.has(id))
  if (ids.length === 0) return { named: [], others: [] }
  const { rows } = await records.query(User, { fields: memberFields, where: { active: true, id: { $in: ids } }, limit: 200 })
  const told = (isNamed: boolean) =>
    rows
      .filter(({ id }) => mentioned.has(id) === isNamed && (isNamed || id !== assignee?.id))
      .map((user) => staff('follower', user, happened(isNamed)))
  return { named: told(true), others: told(false) }
}

function assigneeOf({ assignee }: Ticket, happenings: readonly Happening[], actors: ReadonlySet<string>): readonly Colleague[] {
  if (!assignee?.active || actors.has(assignee.id)) return []
  const isNew = happenings.some(({ to }) => to === 'assignee')
  const events = staffEvents(happenings).filter((event) => event !== 'created' && (event !== 'assigned' || isNew))
  return [staff('assignee', assignee, events)]
}

/** The team of a ticket that somebody has is told only that it is new. */
async function teamOf(
  records: Records,
  { team, assignee }: Ticket,
  happenings: readonly Happening[],
  actors: ReadonlySet<string>,
): Promise<readonly Colleague[]> {
  const events = staffEvents(happenings).filter((event) => event === 'created' || !assignee)
  if (!team?.active || events.length === 0) return []
  const members: Member[] = []
  let cursor: string | undefined
  do {
    const page = await records.query(User, {
      fields: memberFields,
      where: { active: true, teams: { id: team.id } },
      limit: 200,
      ...(cursor !== undefined && { cursor }),
    })
    members.push(...page.rows)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return members.filter(({ id }) => id !== assignee?.id && !actors.has(id)).map((member) => staff('team', member, events))
}

/** What is read of a user to write to him. */
export const memberFields = ['name', 'email', 'language', ...Object.values(preferenceOf), ...Object.values(bellOf)] as const
type Member = Pick<User, 'id' | 'name' | 'email' | 'language'> &
  Readonly<Record<(typeof preferenceOf)[Event] | (typeof bellOf)[Event], boolean>>

/** One of the staff as a receiver. */
export interface Colleague {
  /** His id. */
  readonly user: string
  readonly receiver: Receiver
}

/** What of these events he wants to be told of, by mail and by the bell. */
export function staff(audience: Audience, user: Member, events: readonly Event[]): Colleague {
  const { id, name, email, language } = user
  const wanted = events.filter((event) => user[preferenceOf[event]])
  const bell = events.filter((event) => user[bellOf[event]])
  return { user: id, receiver: { audience, user: id, name, language, channel: 'email', to: email, signsIn: true, events: wanted, bell } }
}

/** Of answers, staff are told those of the customer. */
function staffEvents(happenings: readonly Happening[]): readonly Event[] {
  const heard = happenings.filter(({ event, said }) => event !== 'replied' || said?.by === 'customer')
  return eventsFor.assignee.filter((event) => heard.some((each) => each.event === event))
}

async function partnerOf(
  records: Records,
  ticket: Ticket,
  happenings: readonly Happening[],
  actors: ReadonlySet<string>,
  hasChannel: (name: string) => boolean,
): Promise<readonly Receiver[]> {
  const { partner, channel, channelAddress } = ticket
  if (!partner.active) return []
  const isHimself = actors.size > 0 && (await records.count(User, { where: { id: { $in: [...actors] }, partner: partner.id } })) > 0
  if (isHimself) return []
  // Through a chat or a form he acts without an account: what follows is his doing, and the number of a new ticket is news to him.
  const isSpeaking = happenings.some(({ said }) => said?.by === 'customer')
  const answered = happenings.some(({ said }) => said !== undefined && said.by !== 'customer')
  const events = eventsFor.partner.filter(
    (event) =>
      happenings.some((each) => each.event === event) && (event === 'replied' ? answered : event === 'created' || answered || !isSpeaking),
  )
  const { name, language, email } = partner
  const receiver = { audience: 'partner' as const, name, language, signsIn: email !== null, bell: [] }
  if (channel !== null && channel !== 'email' && channelAddress !== null && hasChannel(channel)) {
    const welcome = partner.mails ? events : events.filter((event) => event === 'replied')
    return [{ ...receiver, channel, to: channelAddress, events: welcome }]
  }
  return email !== null && partner.mails ? [{ ...receiver, channel: 'email', to: email, events }] : []
}
