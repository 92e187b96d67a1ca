import { NotFound, optionCode, type Reply, type Request, type Services } from '@tessera/core'
import { Message } from '@tessera/thread'
import { asked, close, reopen, reply, Ticket } from '@tessera/ticket'
import { shownFile } from '@tessera/web'
import { datesFor } from './dates.ts'
import { stars } from './home.ts'
import { typedIn } from './sent.ts'
import { show } from './show.ts'
import { isDone, stateOf, stepsOf } from './state.ts'
import { fieldLabel, type Wrong, wrongIn } from './wrong.ts'

type OfTicket = Request<{ id: string }>
const mostMessages = 100

/** `/my/tickets/:id`: where it stands, what was said, what the customer can do. */
export async function ticketPage(
  services: Services,
  request: OfTicket,
  refused?: { readonly wrong: Wrong; readonly body: string },
): Promise<Reply> {
  const { context, text } = services
  const ticket = await ownTicket(services, request.params.id)
  const dates = datesFor(context.locale, context.zone)
  const state = stateOf(ticket.status, ticket.mergedAt)
  const { workedAt, cameAt } = await passedBy(services, ticket.id)
  const steps = stepsOf(state, { ...ticket, workedAt, cameAt })
  const isOver = isDone(state)
  const before = request.query.get('before') ?? undefined
  const { messages, earlier } = await messagesOf(services, ticket, before)
  const model = {
    id: ticket.id,
    number: ticket.number,
    subject: ticket.subject,
    description: ticket.description,
    filed: dates.exact(ticket.createdAt),
    type: ticket.type.label,
    facts: await factsOf(services, ticket.id),
    state,
    steps: steps.map((step) => ({
      ...step,
      isDone: step.place === 'done',
      isNow: step.place === 'now',
      label: text(step.state === 'solved' && step.place === 'todo' ? 'portal.step_done' : `portal.step.${step.state}`),
      when: step.at && dates.exact(step.at),
    })),
    messages: messages.map((message) => ({ ...message, when: dates.exact(message.createdAt) })),
    earlier,
    isOver,
    isRateable: isOver && ticket.rating === null,
    isJoined: state === 'joined',
    goesOn: ticket.mergedInto && { href: `/my/tickets/${ticket.mergedInto.id}`, label: ticket.mergedInto.label },
    rating: ticket.rating,
    stars,
    reply: refused?.body ?? '',
    error: refused?.wrong.fields.get('body') ?? refused?.wrong.title,
  }
  const title = text('portal.request_number', { number: ticket.number })
  return show(services, request, 'ticket', model, { title, back: '/my', status: refused ? 422 : 200 })
}

/** What the customer says. It takes up again what was waiting for him or closed. */
export async function sendReply(services: Services, request: OfTicket): Promise<Reply> {
  const { records, screens, text, attachments } = services
  const { id } = await ownTicket(services, request.params.id)
  const body = typedIn(request).get('body') ?? ''
  try {
    const sent = await attachments.takeAny(request.files)
    // A picture may say all there is to say.
    const said = body.trim() || sent.map(({ name }) => name).join(', ')
    if (said === '') {
      const missing = text('portal.say_something')
      return ticketPage(services, request, { body, wrong: { title: missing, fields: new Map() } })
    }
    await records.act(reply, id, { body: said, attachments: [...draftsIn(request), ...sent.map((each) => each.id)] })
  } catch (error) {
    return ticketPage(services, request, { body, wrong: wrongIn(error, services) })
  }
  return screens.done(request, `/my/tickets/${id}`, { tone: 'success', text: text('portal.sent') })
}

/** What a script has sent already, while the text was being written. */
function draftsIn({ body }: Pick<Request, 'body'>): readonly string[] {
  const given = typeof body === 'object' && body !== null && 'attachments' in body ? [body.attachments].flat() : []
  return given.filter((each): each is string => typeof each === 'string' && isId.test(each))
}

/** "It is solved". Pressed twice, the second finds it done already. */
export async function closeTicket(services: Services, request: OfTicket): Promise<Reply> {
  const { records, screens, text } = services
  const { id, status } = await ownTicket(services, request.params.id)
  if (status.category !== 'closed') await records.act(close, id, {})
  return screens.done(request, `/my/tickets/${id}/rate`, { tone: 'success', text: text('portal.closed') })
}

export async function reopenTicket(services: Services, request: OfTicket): Promise<Reply> {
  const { records, screens, text } = services
  const { id, status, mergedAt } = await ownTicket(services, request.params.id)
  if (status.category === 'closed' && mergedAt === null) await records.act(reopen, id, {})
  return screens.done(request, `/my/tickets/${id}`, { tone: 'success', text: text('portal.reopened') })
}

/** One of the caller's own; to anybody else there is none at this address. */
export async function ownTicket({ records }: Services, id: string) {
  const fields = [
    'number',
    'subject',
    'description',
    'type',
    'createdAt',
    'closedAt',
    'rating',
    'ratingComment',
    'mergedAt',
    'mergedInto',
    'mergedTickets',
    'status.code',
    'status.category',
    'status.outcome',
  ] as const
  const { rows } = isId.test(id) ? await records.query(Ticket, { fields, where: { $and: [asked, { id }] }, limit: 1 }) : { rows: [] }
  if (rows[0]) return rows[0]
  throw new NotFound('http.nothing_here', 'There is nothing at this address.')
}
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The latest public messages, oldest first, with those of the tickets that go on in this one; `earlier` leads to those before. */
async function messagesOf(services: Services, ticket: Awaited<ReturnType<typeof ownTicket>>, cursor: string | undefined) {
  const joined = ticket.mergedTickets ? await joinedTo(services, ticket.id) : []
  const { rows, next } = await services.records.query(Message, {
    fields: ['body', 'sender', 'createdAt', 'ticket'],
    where: { ticket: joined.length > 0 ? { $in: [ticket.id, ...joined.map(({ id }) => id)] } : ticket.id, kind: 'public' },
    order: { createdAt: 'desc' },
    limit: mostMessages,
    ...(cursor !== undefined && { cursor }),
  })
  const sent = await services.attachments.of(
    Message,
    rows.map(({ id }) => id),
  )
  const filesOf = (id: string) => (sent.get(id) ?? []).map((file) => shownFile(services, file))
  const said = rows.map((row) => ({
    ...row,
    about: joined.find(({ id }) => id === row.ticket?.id)?.number,
    isOwn: row.sender === 'customer',
    files: filesOf(row.id),
  }))
  // With what they began stands where it was said, on the page that reaches so far back.
  const [newest, oldest] = [rows[0]?.createdAt, rows.at(-1)?.createdAt]
  const openings = joined
    .filter(
      ({ createdAt }) => (next === null || !oldest || createdAt >= oldest) && (cursor === undefined || !newest || createdAt <= newest),
    )
    .map(({ id, number, subject, description, createdAt }) => ({
      id,
      createdAt,
      about: number,
      body: [subject, description].filter(Boolean).join('\n\n'),
      isOwn: true,
      files: [],
    }))
  return {
    messages: [...openings, ...said].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
    earlier: next === null ? undefined : `/my/tickets/${ticket.id}?${new URLSearchParams({ before: next })}`,
  }
}

/** The tickets that go on in this one, as far as the customer may see them. */
async function joinedTo({ records }: Services, ticket: string) {
  const fields = ['number', 'subject', 'description', 'createdAt'] as const
  return (await records.query(Ticket, { fields, where: { $and: [asked, { mergedInto: ticket }] }, limit: 200 })).rows
}

/** When work began and when the ticket came to where it stands. Who did it is not told. */
async function passedBy({ asSystem }: Services, ticket: string): Promise<{ workedAt: Date | undefined; cameAt: Date | undefined }> {
  const history = asSystem('A customer is told when his ticket changed its status, not by whom.')
  const changes = (await history.history(Ticket, ticket, 200)).filter(({ field }) => field === 'status').map(({ at }) => at)
  return { workedAt: changes.at(-1), cameAt: changes[0] }
}

/** What else the form of its type asked for, in words, as far as the customer may read it. */
async function factsOf(services: Services, id: string): Promise<readonly { label: string; value: string }[]> {
  const { app, records, text, context, portal } = services
  const model = app.models.of(Ticket)
  const names = [...new Set(portal.forms().flatMap((form) => form.fields.map(({ field }) => field)))].filter((name) => {
    const field = model.fields.get(name)
    return !['subject', 'description'].includes(name) && field && context.caller.ability.field('read', field) !== false
  })
  if (names.length === 0) return []
  const row: Readonly<Record<string, unknown>> = await records.get(Ticket, id, names)
  const dates = datesFor(context.locale, context.zone)
  return names.flatMap((name) => {
    const field = model.fields.get(name)
    const value = row[name]
    if (!field || value === null || value === undefined || value === '' || Array.isArray(value)) return []
    const inWords =
      value instanceof Date
        ? dates.exact(value)
        : typeof value === 'object' && 'label' in value
          ? String(value.label)
          : typeof value === 'boolean'
            ? text(value ? 'portal.yes' : 'portal.no')
            : field.kind === 'scalar' && field.type === 'enum'
              ? text(optionCode(field, String(value)))
              : String(value)
    return [{ label: fieldLabel(name, services), value: inWords }]
  })
}
