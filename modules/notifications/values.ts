/** What a mail is filled with, for one receiver in his language. */
import type { Composition, Seen, Services } from '@tessera/core'
import { Message } from '@tessera/thread'
import type { Ticket } from '@tessera/ticket'
import { organisationName } from '@tessera/web'
import { activityLine } from './doers.ts'
import type { Audience, Event } from './event.ts'
import { type Placeholder, placeholders } from './mail/placeholders.ts'
import type { MailValues } from './mail/render.ts'
import type { Happening } from './notification.service.ts'

interface Telling {
  readonly event: Event
  readonly happenings: readonly Happening[]
  readonly audience: Audience
}

/** The languages in which mails are written: a module adds one by its catalogue, with the foot of the mails. */
export function mailLanguages({ texts }: Composition): readonly string[] {
  return [...texts].flatMap(([language, messages]) => (messages.has(footerCode('partner')) ? [language] : []))
}

/** The language of a person where mails are written in it, else English. */
export function languageOf(app: Composition, wanted: string | null): string {
  const language = wanted?.split('-')[0]?.toLowerCase() ?? 'en'
  return mailLanguages(app).includes(language) ? language : 'en'
}

/** What a mail may tell of a ticket. */
export const told = [
  'number',
  'subject',
  'description',
  'closeReason',
  'status.name',
  'type.name',
  'priority.name',
  'partner.name',
  'assignee.name',
  'team.name',
] as const
type Seeing = Partial<Seen<Ticket, (typeof told)[number]>>

/**
 * The ticket's own words in the language of `reader`, as far as they are `seen`. A customer is not told who of the staff has his ticket,
 * which team, nor why staff closed it: what he may not see in the portal is in no mail either. The receiver's name is put in for each.
 */
export async function valuesFor(reader: Services, seen: Seeing, telling: Telling): Promise<MailValues> {
  const organisation = await organisationName(reader)
  const { config, text } = reader
  const { event, happenings, audience } = telling
  const isPartner = audience === 'partner'
  const said = new Map(
    happenings.flatMap((each) => {
      if (!each.said || (!hearsAll.has(audience) && (each.said.by === 'customer') === isPartner)) return []
      return [[each.said.message ?? each, each.said.body] as const]
    }),
  )
  const asked = event === 'created' && !isPartner && seen.description ? [seen.description] : []
  return {
    number: seen.number ?? '',
    subject: seen.subject ?? '',
    status: seen.status?.name ?? '',
    type: seen.type?.name ?? '',
    priority: seen.priority?.name ?? '',
    partner: seen.partner?.name ?? '',
    assignee: isPartner ? '' : (seen.assignee?.name ?? ''),
    team: isPartner ? '' : (seen.team?.name ?? ''),
    name: '',
    author: isPartner ? organisation : authorOf(happenings, seen.partner?.name ?? '', organisation),
    message: [...asked, ...said.values()].join('\n\n'),
    reason: (!isPartner && event === 'closed' && seen.closeReason) || '',
    url: `${config.baseUrl}${isPartner ? '/my/tickets' : '/tickets'}/${happenings[0]?.ticket ?? ''}`,
    organisation,
    footer: text(footerCode(audience), { organisation }),
    files: '',
  }
}

/** What happened, with the messages and activities as one of the staff may read them. */
export async function heardBy(reader: Services, user: string, happenings: readonly Happening[]): Promise<readonly Happening[]> {
  return Promise.all(
    happenings.map(async (each) => {
      if (each.activity) {
        const body = await activityLine(reader, user, each.activity.id)
        return body === '' ? each : { ...each, said: { body, by: 'staff' as const, message: each.activity.id } }
      }
      if (each.said?.message === undefined) return each
      const message = await reader.seenBy(user, Message, each.said.message, ['body'])
      return { ...each, said: { ...each.said, body: message?.body ?? '' } }
    }),
  )
}

/** Others are told what the other side said: staff of the customer's words, he of theirs. */
const hearsAll: ReadonlySet<Audience> = new Set(['follower', 'doer'])

/** The places that stay empty for somebody because of his rules. */
export function hiddenFrom(whole: MailValues, his: MailValues): ReadonlySet<Placeholder> {
  return new Set(placeholders.filter((name) => his[name] === '' && whole[name] !== ''))
}

function authorOf(happenings: readonly Happening[], partner: string, organisation: string): string {
  if (happenings.some(({ said }) => said?.by === 'customer')) return partner
  return happenings.find(({ actor }) => actor !== null)?.actor?.name ?? organisation
}

function footerCode(audience: Audience): string {
  return audience === 'partner' ? 'notifications.footer_customer' : 'notifications.footer_staff'
}
