import type { KeptFile } from '@tessera/base'
import { inputsOf, type ModelMeta } from '@tessera/core'
import { initialsOf, toneOf } from '../person.ts'
import type { Conversation, HistoryEntry, Saying, TextPiece } from '../screens.ts'
import { choicesOf } from './choices.ts'
import { draftsInput, fileItem } from './files.ts'
import type { PlannedConversation, PlannedSaying } from './form-plan.ts'
import { changesOf, daysOf, fewEntries, type Happening, mostEntries } from './history.ts'
import { calledShort, goesOn, joinedTo } from './joined.ts'
import type { Reader } from './reader.ts'
import { type Place, withPlace } from './record-pager.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { hrefOf, optionLabel } from './words.ts'

/** What was said about a record and what happened to it, in one stream, newest last; `all` is the address that shows older entries too. */
export async function conversationOf(
  reader: Reader,
  model: ModelMeta,
  plan: PlannedConversation,
  row: Row,
  place: Place,
  all: string | undefined,
  csrf: string,
): Promise<Conversation> {
  const isAll = all === undefined
  const elsewhere = goesOn(reader, model, plan.joins, row)
  const joined = await joinedTo(reader, model, plan.joins, row, plan.speaker === undefined ? [] : [plan.speaker])
  const [changes, said, openings, say, beside] = await Promise.all([
    changesOf(reader, model, row.id, isAll),
    saidOf(reader, model, plan, row.id, joined, isAll),
    openingsOf(reader, model, plan, joined),
    elsewhere ? [] : Promise.all(offered(reader, plan, row).map((planned) => sayingOf(reader, model, planned, row, place))),
    reader.services.client.beside({ model, id: row.id, joined: joined.map(({ id }) => id), csrf }),
  ])
  // Where one of both goes further back than was read, the other is not shown alone.
  const since = Math.max(...[changes, said].map(({ entries, isMore }) => (isMore ? (entries.at(-1)?.at.getTime() ?? 0) : 0)))
  const entries = [...changes.entries.toReversed(), ...openings.toReversed(), ...said.entries.toReversed()]
    .filter(({ at }) => at.getTime() >= since)
    .sort((a, b) => a.at.getTime() - b.at.getTime() || rank[a.entry.is] - rank[b.entry.is])
  return {
    days: daysOf(reader, entries),
    ...((changes.isMore || said.isMore) && all !== undefined && { more: all }),
    kinds: plan.said !== undefined,
    say,
    ...(elsewhere && { goesOn: elsewhere }),
    beside: elsewhere ? { ...beside, tabs: [] } : beside,
    live: { record: `${model.path}/${row.id}`, version: String(row.version ?? 0), said: said.latest },
  }
}

/** Of one instant: what was said comes after the record it is about, and before the status that it brought. */
const rank: Readonly<Record<HistoryEntry['is'], number>> = { created: 0, message: 1, reply: 1, note: 1, done: 1, changed: 2 }

/** The verbs by which this reader may add to it now. */
function offered({ asking }: Reader, { say }: PlannedConversation, row: Row): readonly PlannedSaying[] {
  return say.filter(({ permit, when }) => permit.holds(row, asking) && when?.holds(row, asking) !== false)
}

/** What was said about the record, and about those that go on in it. */
async function saidOf(
  reader: Reader,
  model: ModelMeta,
  { said, speaker }: PlannedConversation,
  id: string,
  joined: readonly Row[],
  isAll: boolean,
) {
  if (!said) return { entries: [], isMore: false, latest: '' }
  const limit = isAll ? mostEntries : fewEntries
  const shown: Row[] = []
  let next: string | null = null
  do {
    const page = await queryRows(reader.records, said.target, {
      fields: joined.length > 0 ? [...said.fields, said.mappedBy] : said.fields,
      where: { [said.mappedBy]: joined.length > 0 ? { $in: [id, ...joined.map((each) => each.id)] } : id },
      order: { createdAt: 'desc' },
      // No question is answered by more rows than this.
      limit: Math.min(200, limit - shown.length),
      cursor: next ?? undefined,
    })
    shown.push(...page.rows)
    next = page.next
  } while (next !== null && shown.length < limit)
  const sent = await reader.services.attachments.of(
    said.target.handle,
    shown.map(({ id: each }) => each),
  )
  return {
    entries: shown.flatMap((row) => {
      const about = joined.find((each) => each.id === relatedIn(row[said.mappedBy])?.id)
      return happeningOf(reader, said.target, row, speaker, sent.get(row.id) ?? [], about && markOf(model, about))
    }),
    isMore: next !== null,
    latest: shown[0]?.id ?? '',
  }
}

/** With what those that go on here began, and the files of their own. */
async function openingsOf(
  reader: Reader,
  model: ModelMeta,
  { joins, speaker }: PlannedConversation,
  joined: readonly Row[],
): Promise<readonly Happening[]> {
  if (joined.length === 0) return []
  const files = await reader.services.attachments.of(
    model.handle,
    joined.map(({ id }) => id),
  )
  return joined.flatMap((row): Happening[] => {
    const { createdAt } = row
    if (!(createdAt instanceof Date)) return []
    const name = speaker === undefined ? undefined : relatedIn(row[speaker])?.label
    const sent = files.get(row.id) ?? []
    const began = joins?.opening === undefined ? undefined : row[joins.opening]
    const texts = [row.label?.replace(calledShort(model, row), '').trim(), began]
    return [
      {
        at: createdAt,
        entry: {
          is: 'message',
          ...(name && { who: { name, initials: initialsOf(name), avatar: toneOf(name) } }),
          at: stamp(reader, createdAt),
          about: markOf(model, row),
          changes: [],
          text: texts.filter((text) => typeof text === 'string' && text !== '').join('\n\n'),
          ...(sent.length > 0 && { files: sent.map((file) => fileItem(reader, file)) }),
        },
      },
    ]
  })
}

const markOf = (model: ModelMeta, row: Row) => ({ label: calledShort(model, row), href: hrefOf(model, row.id) })

const stamp = ({ formats }: Reader, at: Date) => ({ iso: at.toISOString(), shown: formats.time(at), title: formats.exact(at) })

function happeningOf(
  reader: Reader,
  target: ModelMeta,
  row: Row,
  speaker: string | undefined,
  sent: readonly KeptFile[],
  about: HistoryEntry['about'],
): Happening[] {
  const { t } = reader
  const { kind, body, sender, author, channel, createdAt, mentions, activity } = row
  if (!(createdAt instanceof Date)) return []
  const senderField = target.fields.get('sender')
  const role = senderField?.kind === 'scalar' && typeof sender === 'string' ? optionLabel(senderField, sender, t) : ''
  const name = relatedIn(author)?.label ?? (speaker !== undefined ? relatedIn(row[speaker])?.label : undefined)
  const is: HistoryEntry['is'] = relatedIn(activity) ? 'done' : kind === 'note' ? 'note' : sender === 'customer' ? 'message' : 'reply'
  const door = [name === undefined ? undefined : role, typeof channel === 'string' ? channel : undefined].filter(Boolean).join(' · ')
  return [
    {
      at: createdAt,
      entry: {
        is,
        who: { name: name ?? role, initials: initialsOf(name ?? role), avatar: toneOf(name ?? role) },
        at: stamp(reader, createdAt),
        ...(door && { door }),
        ...(about && { about }),
        changes: [],
        text: String(body),
        ...(sent.length > 0 && { files: sent.map((file) => fileItem(reader, file)) }),
        ...(Array.isArray(mentions) && { pieces: piecesOf(reader, String(body), mentions) }),
      },
    },
  ]
}

/** The text with the names marked that it was understood to call. */
function piecesOf(
  { ability, app }: Reader,
  body: string,
  mentions: readonly { readonly user: string; readonly as: string }[],
): readonly TextPiece[] {
  const { actor } = app.models
  const canOpen = actor?.exposed && ability.possible('read', actor)
  const pieces: TextPiece[] = []
  let rest = body
  for (let at = rest.indexOf('@'); at >= 0; at = rest.indexOf('@', at + 1)) {
    const meant = mentions.filter(({ as }) => rest.startsWith(as, at + 1)).sort((a, b) => b.as.length - a.as.length)[0]
    if (!meant) continue
    const end = at + 1 + meant.as.length
    pieces.push(
      { text: rest.slice(0, at) },
      { text: rest.slice(at, end), named: true, ...(canOpen && { href: hrefOf(actor, meant.user) }) },
    )
    rest = rest.slice(end)
    at = -1
  }
  return [...pieces, { text: rest }]
}

/** One tab of the composer: the text, and with an optional choice the ways to send it. */
async function sayingOf(
  reader: Reader,
  model: ModelMeta,
  { action, label, internal }: PlannedSaying,
  row: Row,
  place: Place,
): Promise<Saying> {
  const inputs = inputsOf(action)
  const maxLength = inputs.find(({ name }) => name === 'body')?.maxLength
  const choice = inputs.find(({ kind, required, reference }) => kind === 'record' && !required && reference)
  const drafts = draftsInput(action)
  const current = choice && relatedIn(row[choice.name])?.id
  const { rows } = choice?.reference
    ? await choicesOf(reader, reader.app.models.of(choice.reference.model), choice.reference.where)
    : { rows: [] }
  const others = rows.filter(({ id }) => id !== current)
  return {
    name: action.name,
    label,
    ...(action.icon && { icon: action.icon }),
    ...(action.hotkey && { hotkey: action.hotkey }),
    internal,
    action: withPlace(`/${model.path}/${row.id}/actions/${action.name}`, place),
    ...(maxLength !== undefined && { maxLength }),
    ...(drafts !== undefined && { drafts }),
    ...(choice &&
      others.length > 0 && {
        choice: {
          name: choice.name,
          options: others.map(({ id, label: value }) => ({ value: id, label: reader.t('web.send_and_set', { value: value ?? '' }) })),
        },
      }),
  }
}
