/** `GET /events`: what happens to the records that a browser shows, and to its reader's bell, as it happens. */
import { randomUUID } from 'node:crypto'
import { html, type ModelMeta, ownTopics, type Reply, type Request, recordTopic, type Services, TooMany } from '@tessera/core'
import { textIn } from './body.ts'
import { isId } from './control.ts'
import { type EventStream, eventStream } from './event-stream.ts'
import { formPlan, type PlannedConversation } from './form-plan.ts'
import { joinedTo } from './joined.ts'
import { type Presence, presenceOf, presentMs } from './presence.ts'
import { type Reader, readerOf } from './reader.ts'
import { queryRows, type Row } from './rows.ts'

/** What is told when somebody's bell is to be looked at again. */
export const bellTopic = (user: string): string => `bell:${user}`

const mostRecords = 40
/** One a browser, so this is many browsers; in one process. */
const mostStreams = 12
const streams = new Map<string, number>()

/** How many browsers of a user listen to this process. */
export const streamsOf = (user: string): number => streams.get(user) ?? 0

interface Watched {
  /** As the browser calls it: `tickets/<id>`. */
  readonly name: string
  readonly model: ModelMeta
  readonly id: string
  readonly presence: Presence
}

/** Begins with the state of all, so that nothing is missed between two connections; then come the changes. Nothing is sent but ids and versions. */
export async function events(request: Request, services: Services): Promise<Reply> {
  const { id: user } = services.context.caller
  const isStream = (request.headers.accept ?? '').includes('text/event-stream')
  if (user === null) return html('', { status: 204 })
  const open = streamsOf(user)
  if (isStream && open >= mostStreams)
    throw new TooMany('web.too_many_streams', 'You have this open in {most} browsers; close one of them.', 60, { most: mostStreams })
  const watched = request.query
    .getAll('watch')
    .slice(0, mostRecords)
    .flatMap((name) => watchedOf(services, name, user))
  const closing: (() => void)[] = []
  const stream = eventStream(
    () => {
      for (const close of closing.splice(0)) close()
    },
    1_000 + Math.floor(Math.random() * 2_000),
  )
  const readable: Watched[] = []
  for (const each of watched) if (await sayState(services, stream, user, each)) readable.push(each)
  stream.say({ is: 'bell' })
  if (!isStream) stream.end()
  else {
    streams.set(user, open + 1)
    closing.push(() => {
      const left = streamsOf(user) - 1
      if (left > 0) streams.set(user, left)
      else streams.delete(user)
    })
    follow(request, services, stream, user, readable, closing)
  }
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
  return { ...html('', { headers }), pieces: stream.pieces }
}

/** Somebody writes about a record: those who look at it see it. */
export async function replying(request: Request, services: Services): Promise<Reply> {
  const { id: user, name } = services.context.caller
  const [watched] = watchedOf(services, textIn(request, 'record') ?? '', user ?? '')
  if (watched && user !== null && (await services.mayRead(user, watched.model.handle, watched.id)))
    await services.live.tell(recordTopic(watched.model.name, watched.id), { is: 'replying', user, name })
  return html('', { status: 204 })
}

function follow(
  request: Request,
  services: Services,
  stream: EventStream,
  user: string,
  watched: readonly Watched[],
  closing: (() => void)[],
): void {
  const { access, context, identity, live, log } = services
  const { ability } = context.caller
  const me = { user, name: context.caller.name, stream: randomUUID() }
  const isLooking = context.credential?.kind === 'session' && context.credential.viewedBy !== undefined
  const quietly = (work: Promise<unknown>) =>
    work.catch((err) => log.warn({ err }, 'A stream of events could not go on.')).catch(() => stream.end())
  // Whoever looks as another user leaves no trace in his name.
  const tellAll = (is: 'here' | 'gone') => {
    if (!isLooking) for (const { model, id } of watched) quietly(live.tell(recordTopic(model.name, id), { is, ...me }))
  }
  const sayPresence = ({ name, presence }: Watched) => stream.say({ is: 'presence', record: name, people: presence.others(Date.now()) })
  for (const each of watched) {
    closing.push(
      live.hear(recordTopic(each.model.name, each.id), (news) => {
        if (news.is === undefined) return void quietly(sayState(services, stream, user, each, true))
        const { changed, isNew } = each.presence.heard(news, Date.now())
        if (isNew && !isLooking) quietly(live.tell(recordTopic(each.model.name, each.id), { is: 'here', ...me }))
        if (changed) sayPresence(each)
      }),
    )
  }
  closing.push(live.hear(bellTopic(user), () => stream.say({ is: 'bell' })))
  closing.push(live.hear(ownTopics.ending, stream.end))
  closing.push(
    live.hear(ownTopics.missed, () => {
      for (const each of watched) quietly(sayState(services, stream, user, each))
      stream.say({ is: 'bell' })
    }),
  )
  // The session may have ended, or the reader's rights be others: the browser asks anew, as whoever it then is.
  const verify = async () => {
    const session = request.session === undefined ? undefined : await identity.userOfSession(request.session)
    const profile = session && (await access.profileOf(session.viewing ?? session.user))
    const isSame = profile !== undefined && profile.caller.id === user && (isLooking || profile.caller.ability === ability)
    if (!isSame) stream.end()
  }
  closing.push(live.hear(ownTopics.forgotten, () => quietly(verify())))
  const beat = setInterval(() => {
    stream.beat()
    quietly(verify())
    tellAll('here')
    for (const each of watched) sayPresence(each)
  }, presentMs.again)
  beat.unref()
  closing.push(
    () => clearInterval(beat),
    () => tellAll('gone'),
  )
  tellAll('here')
}

function watchedOf({ app, context }: Services, name: string, user: string): readonly Watched[] {
  const [path = '', id = ''] = name.split('/')
  const model = app.models.byPath(path)
  if (!model?.exposed || !isId(id) || !context.caller.ability.possible('read', model)) return []
  return [{ name: `${path}/${id}`, model, id, presence: presenceOf(user) }]
}

/** Its version and what was said last, as the reader may see both now; of what he may not read nothing is said. */
async function sayState(
  services: Services,
  stream: EventStream,
  user: string,
  { name, model, id }: Watched,
  changed = false,
): Promise<boolean> {
  const reader = readerOf(services)
  const conversation = formPlan(reader, model).conversation
  const counted = conversation?.joins?.counted
  const fields = ['version', ...(counted === undefined ? [] : [counted])]
  const seen = (await services.seenBy(user, model.handle, id, fields as never)) as (Row & { readonly version?: number }) | undefined
  if (!seen) return false
  stream.say({
    is: 'record',
    record: name,
    version: seen.version ?? 0,
    said: conversation ? await latestSaid(reader, model, conversation, { ...seen, id }) : '',
    ...(changed && { changed }),
  })
  return true
}

/** The id of the latest message that the reader may read, about the record or one that goes on in it. */
async function latestSaid(reader: Reader, model: ModelMeta, { said, joins }: PlannedConversation, row: Row): Promise<string> {
  if (!said) return ''
  const joined = await joinedTo(reader, model, joins, row)
  const { rows } = await queryRows(reader.records, said.target, {
    fields: [],
    where: { [said.mappedBy]: joined.length > 0 ? { $in: [row.id, ...joined.map(({ id }) => id)] } : row.id },
    order: { createdAt: 'desc' },
    limit: 1,
  })
  return rows[0]?.id ?? ''
}
