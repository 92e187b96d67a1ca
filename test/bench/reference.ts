/**
 * What somebody would write by hand for the bench's five questions, and nothing else: Koa, pg, one named prepared statement for
 * each. No rules, no validation, no ETag, no log. It answers with the same JSON as the application, on the same tables.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import Koa from 'koa'
import pg from 'pg'
import { v7 } from 'uuid'
import { type PageRow, page } from './reference-page.ts'
import { type ListRow, listStatement, oneStatement, pageCountStatement, pageStatement, searchStatement } from './reference-statements.ts'

/** The driver's own parser of instants understands every format, and takes twice as long. */
const getTypeParser = (oid: number) =>
  oid === pg.types.builtins.TIMESTAMPTZ
    ? (text: string) => new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : pg.types.getTypeParser(oid as never)
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, options: '-c timezone=UTC', types: { getTypeParser } })
const keys = new Map<string, string>()
const koa = new Koa()

koa.use(async (ctx, next) => {
  const token = /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? ctx.cookies.get('tessera')
  const user = token && (await userOf(token, ctx.get('authorization') === '' ? 'session' : 'api_key'))
  if (!user) ctx.throw(401)
  ctx.state.user = user
  await next()
})

koa.use(async (ctx) => {
  const id = /^\/api\/tickets\/([0-9a-f-]{36})$/.exec(ctx.path)?.[1]
  if (ctx.path === '/tickets') {
    const [{ rows }] = await Promise.all([pool.query<PageRow>(pageStatement), pool.query(pageCountStatement)])
    ctx.type = 'html'
    ctx.body = page(rows.slice(0, 50))
  } else if (ctx.path === '/api/tickets' && ctx.method === 'GET') {
    const { q, 'filter[status.category]': category } = ctx.query
    const { rows } = await pool.query<ListRow>(q ? searchStatement(String(q)) : listStatement(String(category)))
    const shown = rows.slice(0, 50)
    const last = shown.at(-1)
    ctx.body = {
      data: shown.map(ticketOf),
      meta: { next: rows.length > 50 && last ? Buffer.from(JSON.stringify([last.created_at, last.id])).toString('base64url') : null },
    }
  } else if (ctx.path === '/api/tickets' && ctx.method === 'POST') {
    const created = v7()
    await create(created, await bodyOf(ctx.req), ctx.state.user)
    ctx.status = 201
    ctx.body = { data: await whole(created) }
  } else if (id && ctx.method === 'PATCH') {
    await update(id, await bodyOf(ctx.req), ctx.state.user)
    ctx.body = { data: await whole(id) }
  } else if (id) ctx.body = { data: await whole(id) }
})

async function userOf(token: string, table: 'api_key' | 'session'): Promise<string | undefined> {
  const hash = createHash('sha256').update(token).digest('base64url')
  const known = keys.get(hash)
  if (known) return known
  const { rows } = await pool.query({ name: table, text: `select user_id from ${table} where token_hash = $1`, values: [hash] })
  if (rows[0]) keys.set(hash, rows[0].user_id)
  return rows[0]?.user_id
}

const named = (id: string | null, label: string | null) => (id === null ? null : { id, label })

function ticketOf(row: ListRow) {
  return {
    id: row.id,
    number: row.number,
    subject: row.subject,
    status: named(row.status_id, row.status),
    priority: named(row.priority_id, row.priority),
    partner: named(row.partner_id, row.partner),
    createdAt: row.created_at,
  }
}

async function whole(id: string) {
  const { rows } = await pool.query(oneStatement(id))
  const {
    type,
    type_id,
    priority,
    priority_id,
    status,
    status_id,
    partner,
    partner_id,
    team,
    team_id,
    assignee,
    assignee_id,
    source,
    source_id,
    created_by,
    created_by_id,
    updated_by,
    updated_by_id,
    spp_program,
    spp_program_id,
    merged_into,
    merged_into_id,
    ...row
  } = rows[0]
  return {
    ...row,
    type: named(type_id, type),
    priority: named(priority_id, priority),
    status: named(status_id, status),
    partner: named(partner_id, partner),
    team: named(team_id, team),
    assignee: named(assignee_id, assignee),
    source: named(source_id, source),
    createdBy: named(created_by_id, created_by),
    updatedBy: named(updated_by_id, updated_by),
    sppProgram: named(spp_program_id, spp_program),
    mergedInto: named(merged_into_id, merged_into),
  }
}

interface Body {
  readonly subject: string
  readonly partner: string
}

async function create(id: string, { subject, partner }: Body, user: string): Promise<void> {
  await inTransaction(async (client) => {
    const now = new Date()
    const { rows } = await client.query({
      name: 'create',
      text: `insert into ticket (id, number, subject, type_id, priority_id, status_id, partner_id, rank, version, created_at, updated_at, created_by_id, updated_by_id)
        select $1, 'T-' || to_char($4::timestamptz, 'YYYY') || '-' || to_char(nextval('tessera_seq.ticket_number_' || to_char($4::timestamptz, 'YYYY')), 'FM999900000'), $2,
          (select id from ticket_type where code = 'inquiry'), (select id from ticket_priority where code = 'medium'), (select id from ticket_status where code = 'new'),
          $3, lpad(to_hex((extract(epoch from $4::timestamptz) * 1000)::bigint), 12, '0') || '1', 1, $4, $4, $5, $5 returning type_id, priority_id, status_id`,
      values: [id, subject, partner, now, user],
    })
    const { type_id: type, priority_id: priority, status_id: status } = rows[0]
    await client.query({
      name: 'created',
      text: `insert into history (id, model, record, at, actor_id, door, new, created_at, updated_at) values ($1, 'ticket', $2, $3, $4, 'api', $5, $3, $3)`,
      values: [v7(), id, now, user, JSON.stringify({ subject, type, priority, status, partner })],
    })
  })
}

async function update(id: string, { subject }: Body, user: string): Promise<void> {
  await inTransaction(async (client) => {
    const now = new Date()
    const { rows } = await client.query({ name: 'lock', text: 'select subject from ticket where id = $1 for update', values: [id] })
    await client.query({
      name: 'update',
      text: 'update ticket set subject = $2, version = version + 1, updated_at = $3, updated_by_id = $4 where id = $1',
      values: [id, subject, now, user],
    })
    await client.query({
      name: 'updated',
      text: `insert into history (id, model, record, at, actor_id, door, field, old, new, created_at, updated_at) values ($1, 'ticket', $2, $3, $4, 'api', 'subject', $5, $6, $3, $3)`,
      values: [v7(), id, now, user, JSON.stringify(rows[0].subject), JSON.stringify(subject)],
    })
  })
}

async function inTransaction(run: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await run(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString()) as Body
}

const server = createServer(koa.callback()).listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
})
process.once('SIGTERM', async () => {
  server.closeAllConnections()
  server.close()
  await pool.end()
})
