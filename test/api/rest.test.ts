/** The REST contract, line by line, on the real ticket desk: others build clients on it. */
import { User } from '@tessera/base'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Desk, openDesk } from './desk.ts'

let desk: Desk
let ann: string
let bob: string
let first: string
const ids: string[] = []
const nobody = '018f4e6a-0000-7000-8000-000000000001'

beforeAll(async () => {
  desk = await openDesk(inject('postgresUrl'))
  const partner = async (body: object): Promise<string> => (await desk.ask('agent', 'POST', '/api/partners', body)).body.data.id
  ann = await partner({ name: 'Ann Lee', email: 'ann@example.org' })
  bob = await partner({ name: 'Bob Ray' })
  const system = await desk.app.servicesFor({ door: 'system' })
  const days = ['2024-03-31T21:30:00Z', '2024-03-31T22:30:00Z', '2024-04-01T12:00:00Z', '2024-04-01T22:30:00Z', '2024-05-02T08:00:00Z']
  for (const [at, day] of days.entries()) {
    const draft = { subject: `Pothole ${at + 1} near the café`, partner: at % 2 === 0 ? ann : bob, ...(at < 2 && { description: 'deep' }) }
    ids.push((await system.records.at(new Date(day)).create(Ticket, draft)).id)
  }
  first = ids[0] ?? ''
}, 60_000)
afterAll(() => desk.app.close())

const get = (path: string, headers: Record<string, string> = {}) => desk.ask('agent', 'GET', path, undefined, headers)
const subjects = async (query: string): Promise<number[]> => {
  const { status, body } = await get(`/api/tickets?${query}`)
  if (status !== 200) throw new Error(`${status} ${body.detail}`)
  return body.data.map(({ subject }: { subject: string }) => Number(/\d+/.exec(subject)?.[0])).sort()
}
const create = async (body: object = {}): Promise<string> =>
  (await desk.ask('agent', 'POST', '/api/tickets', { subject: 'Broken light', partner: ann, ...body })).body.data.id

describe('a list', () => {
  test('answers with data and meta, relations with the fields asked for', async () => {
    const { status, body } = await get(
      '/api/tickets?filter[status.category]=open&filter[createdAt][gte]=2024-04-01&sort=-createdAt,number&fields=number,subject,partner.name&q=pothole&limit=2&total=true',
    )
    expect(status).toBe(200)
    expect(body.meta).toEqual({ next: expect.any(String), total: 3, capped: false })
    expect(body.data).toHaveLength(2)
    expect(body.data[0]).toEqual({
      id: ids[4],
      number: expect.stringMatching(/^T-2024-\d{5}$/),
      subject: 'Pothole 5 near the café',
      partner: { id: ann, label: 'Ann Lee', name: 'Ann Lee' },
    })
  })

  test('goes on with its cursor until next is null, without a gap or a repetition', async () => {
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const { body } = await get(`/api/tickets?q=pothole&sort=partner.name&limit=2${next && `&cursor=${next}`}`)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      next = body.meta.next
    }
    expect(seen).toHaveLength(5)
    expect(new Set(seen)).toEqual(new Set(ids))
  })

  test('puts empty values last in both directions', async () => {
    for (const sort of ['description', '-description']) {
      const { body } = await get(`/api/tickets?q=pothole&sort=${sort}&fields=description`)
      expect(body.data.slice(-3).map(({ description }: { description: unknown }) => description)).toEqual([null, null, null])
    }
  })

  test.each([
    ['filter[subject]=Pothole 1 near the café', [1]],
    ['q=pothole&filter[subject][ne]=Pothole 1 near the café', [2, 3, 4, 5]],
    ['q=pothole&filter[description][ne]=deep', [3, 4, 5]],
    ['q=pothole&filter[description][nin]=deep,shallow', [3, 4, 5]],
    ['q=pothole&filter[partner.email][ne]=ann@example.org', [2, 4]],
    ['filter[subject][contains]=THE CAFE', [1, 2, 3, 4, 5]],
    ['filter[subject][startsWith]=pothole 2', [2]],
    ['q=pothole&filter[description][null]=true', [3, 4, 5]],
    ['q=pothole&filter[description][null]=false', [1, 2]],
    ['q=pothole&filter[status.code][in]=new,closed', [1, 2, 3, 4, 5]],
    ['q=pothole&filter[status.code][in]=closed&filter[status.code][in]=new', [1, 2, 3, 4, 5]],
    ['filter[createdAt]=2024-04-01', [3, 4]],
    ['filter[createdAt][gt]=2024-03-31&filter[createdAt][lt]=2024-04-02', [3, 4]],
    ['filter[createdAt][lte]=2024-03-31', [1, 2]],
    ['filter[createdAt][gte]=2024-04-01T12:00:00Z&filter[createdAt][lte]=2024-04-01T12:00:00Z', [3]],
    ['filter[or][0][description]=deep&filter[or][0][partner.name]=Ann Lee&filter[or][1][createdAt][gte]=2024-05-01&q=pothole', [1, 5]],
    ['q=pothole&filter[tags][null]=true', [1, 2, 3, 4, 5]],
  ] as const)('keeps what matches %s', async (query, found) => expect(await subjects(query)).toEqual(found))

  test("takes a date as a day of the caller's zone", async () => {
    const system = await desk.app.servicesFor({ door: 'system' })
    const agent = desk.users.get('agent')?.user ?? ''
    await system.records.update(User, agent, { zone: 'Europe/Berlin' })
    expect(await subjects('filter[createdAt]=2024-04-01')).toEqual([2, 3])
    await system.records.update(User, agent, { zone: null })
  })

  test.each([
    'limit=0',
    'limit=201',
    'filter[nope]=1',
    'filter[subject][like]=x',
    'filter[createdAt]=soon',
    'sort=nope',
    'fields=nope',
    'nope=1',
    'cursor=nope',
  ])('refuses %s with 400 and names it', async (query) => {
    const { status, body, headers } = await get(`/api/tickets?${query}`)
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    expect(body).toMatchObject({
      status: 400,
      code: expect.any(String),
      detail: expect.stringMatching(/\.$|\?$/),
      requestId: expect.any(String),
    })
  })

  test('is compared field by field with what the caller may read: a hidden field is an unknown one', async () => {
    const said = async (field: string) => (await get(`/api/users?filter[${field}]=x`)).body.detail.replace(field, 'FIELD')
    expect(await said('passwordHash')).toBe(await said('passwordHush'))
  })
})

describe('a field that a role may read on some records only', () => {
  const names = async (query: string): Promise<string[]> =>
    (await desk.ask('viewer', 'GET', `/api/users?${query}`)).body.data.map(({ id }: { id: string }) => id)

  test('is empty on the others, relations to many too', async () => {
    const { body } = await desk.ask('viewer', 'GET', '/api/users?fields=name,language,roles')
    const seen = body.data.filter(({ roles }: { roles: unknown[] | null }) => (roles ?? []).length > 0)
    expect(seen.map(({ id }: { id: string }) => id)).toEqual([desk.users.get('viewer')?.user])
  })

  test('cannot be guessed on the others by a filter', async () => {
    const system = await desk.app.servicesFor({ door: 'system' })
    const agent = desk.users.get('agent')?.user ?? ''
    await system.records.update(User, agent, { language: 'fr' })
    expect(await names('filter[language]=fr')).toEqual([])
    expect(await names('filter[language][ne]=en')).not.toContain(agent)
    expect(await names('filter[roles.name]=agent')).toEqual([])
    expect(await names('filter[roles.name]=viewer')).toEqual([desk.users.get('viewer')?.user])
    await system.records.update(User, agent, { language: null })
  })
})

describe('groups', () => {
  test('are counted by fields, months and fields of relations', async () => {
    const { body } = await get('/api/tickets/groups?by=status,createdAt:month&measures=count&q=pothole')
    expect(body.data).toContainEqual({ status: { id: expect.any(String), label: 'New' }, 'createdAt:month': '2024-04', count: 2 })
    expect((await get('/api/tickets/groups?by=status.category&q=pothole')).body.data).toEqual([{ 'status.category': 'open', count: 5 }])
  })
})

describe('one record', () => {
  test('has all own fields, relations as id and label, instants in UTC', async () => {
    const { status, body } = await get(`/api/tickets/${first}`)
    expect(status).toBe(200)
    expect(body.data).toMatchObject({
      id: first,
      version: 1,
      partner: { id: ann, label: 'Ann Lee' },
      tags: [],
      createdAt: '2024-03-31T21:30:00.000Z',
      closedAt: null,
    })
  })

  test('is not sent again to who has it, by its whole ETag', async () => {
    const etag = (await get(`/api/tickets/${first}`)).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"1-[\w-]{22}"$/)
    const again = await get(`/api/tickets/${first}`, { 'if-none-match': `"1-other", ${etag}` })
    expect([again.status, again.body]).toEqual([304, ''])
    expect((await get(`/api/tickets/${first}`, { 'if-none-match': '"1-other"' })).status).toBe(200)
    expect((await get(`/api/tickets/${first}?fields=subject`, { 'if-none-match': etag })).status).toBe(200)
  })

  test('that is not there, or not visible, is 404', async () => {
    for (const path of [`/api/tickets/${nobody}`, '/api/tickets/nonsense', `/api/tickets/${nobody}/history`])
      expect((await get(path)).status).toBe(404)
    expect((await desk.ask('customer', 'GET', `/api/tickets/${first}`)).status).toBe(404)
    expect((await desk.ask('customer', 'PATCH', `/api/tickets/${first}`, { subject: 'Mine now' })).status).toBe(404)
  })

  test('that may be read but not changed is 403, and without a key it is 401', async () => {
    expect((await desk.ask('viewer', 'PATCH', `/api/tickets/${first}`, { subject: 'Mine now' })).status).toBe(403)
    expect((await desk.ask('viewer', 'POST', `/api/tickets/${first}/close`)).status).toBe(403)
    expect((await desk.ask('agent', 'DELETE', `/api/tickets/${first}`)).status).toBe(403)
    expect((await desk.ask('nobody', 'GET', '/api/tickets')).status).toBe(403)
    const answer = await desk.ask(null, 'GET', '/api/tickets')
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
  })

  test('tells its history, newest first', async () => {
    const id = await create()
    await desk.ask('agent', 'PATCH', `/api/tickets/${id}`, { subject: 'Broken lamp' })
    const { body } = await get(`/api/tickets/${id}/history`)
    expect(body.data[0]).toMatchObject({
      field: 'subject',
      old: 'Broken light',
      new: 'Broken lamp',
      door: 'api',
      actor: { id: desk.users.get('agent')?.user },
    })
    expect(body.data.at(-1)).toMatchObject({ field: null })
  })
})

describe('a write', () => {
  test('creates with 201, the place of the record and its ETag; relations by id or code', async () => {
    const { status, headers, body } = await desk.ask('agent', 'POST', '/api/tickets', {
      subject: 'Broken light',
      partner: ann,
      priority: { code: 'high' },
    })
    expect([status, headers.get('location'), headers.get('etag')]).toEqual([
      201,
      `/api/tickets/${body.data.id}`,
      expect.stringMatching(/^"1-/),
    ])
    expect(body.data).toMatchObject({ subject: 'Broken light', partner: { id: ann }, priority: { label: 'High' } })
    expect((await get(body.data.id && `/api/tickets/${body.data.id}`)).headers.get('etag')).toBe(headers.get('etag'))
  })

  test('replaces a many-to-many by an array', async () => {
    const tag = async (name: string): Promise<string> => (await desk.ask('manager', 'POST', '/api/ticket-tags', { name })).body.data.id
    const [red, blue] = [await tag('red'), await tag('blue')]
    const id = await create({ tags: [red] })
    const { body } = await desk.ask('agent', 'PATCH', `/api/tickets/${id}`, { tags: [blue] })
    expect(body.data.tags).toEqual([{ id: blue, label: 'blue' }])
    expect((await get(`/api/tickets?filter[tags]=${blue}`)).body.data.map(({ id }: { id: string }) => id)).toEqual([id])
  })

  test('with If-Match of another version is refused with 412; without, the last one wins', async () => {
    const id = await create()
    const patch = (subject: string, headers = {}) => desk.ask('agent', 'PATCH', `/api/tickets/${id}`, { subject }, headers)
    expect((await patch('Second', { 'if-match': '"1-whatever"' })).status).toBe(200)
    expect((await patch('Third', { 'if-match': '"1-whatever"' })).status).toBe(412)
    expect((await patch('Third', { 'if-match': 'nonsense' })).status).toBe(400)
    expect((await patch('Third')).body.data).toMatchObject({ subject: 'Third', version: 3 })
    expect((await desk.ask('manager', 'DELETE', `/api/tickets/${id}`, undefined, { 'if-match': '"1"' })).status).toBe(412)
    expect((await desk.ask('manager', 'DELETE', `/api/tickets/${id}`, undefined, { 'if-match': '"3"' })).status).toBe(204)
    expect((await get(`/api/tickets/${id}`)).status).toBe(404)
  })

  test.each([
    ['an unknown field', { sbject: 'x' }, 400, 'sbject', 'Did you mean "subject"?'],
    ['too short a text', { subject: 'x' }, 422, 'subject', 'Subject'],
    ['a relation that is not there', { partner: nobody }, 422, 'partner', ''],
    ['a relation that is no id', { partner: 'Ann' }, 422, 'partner', ''],
    ['a value of another type', { subject: 5 }, 422, 'subject', ''],
  ])('with %s is refused, and the field is named', async (_, changes, status, field, words) => {
    const { status: given, body } = await desk.ask('agent', 'PATCH', `/api/tickets/${first}`, changes)
    expect([given, body.errors?.map((error: { field: string }) => error.field)]).toEqual([status, [field]])
    expect(JSON.stringify(body)).toContain(JSON.stringify(words).slice(1, -1))
  })

  test.each(['id', 'version', 'createdAt', 'createdBy', '__proto__'])('cannot set "%s"', async (field) => {
    const { status } = await desk.ask('agent', 'PATCH', `/api/tickets/${first}`, `{"${field}":"${nobody}"}`)
    expect([400, 403, 422]).toContain(status)
  })

  test('of what is no JSON object is refused with 400', async () => {
    for (const body of ['{', '[]', '"x"', 'null']) expect((await desk.ask('agent', 'POST', '/api/tickets', body)).status).toBe(400)
  })
})

describe('an action', () => {
  test('is a POST below the record and answers with the record', async () => {
    const id = await create()
    const { status, body } = await desk.ask('agent', 'POST', `/api/tickets/${id}/close`, { status: { code: 'resolved' }, reason: 'Mended' })
    expect([status, body.data.status.label, body.data.closeReason]).toEqual([200, 'Resolved', 'Mended'])
    expect((await desk.ask('agent', 'POST', `/api/tickets/${id}/reopen`)).body.data).toMatchObject({
      status: { label: 'New' },
      closedAt: null,
    })
    expect((await desk.ask('agent', 'POST', `/api/tickets/${id}/reopen`)).status).toBe(422)
    expect((await desk.ask('agent', 'POST', `/api/tickets/${id}/close`, {}, { 'if-match': '"1"' })).status).toBe(412)
  })

  test('on many records says for each whether it was done or why not', async () => {
    for (const headers of [{}, { 'idempotency-key': 'bulk-1' }]) {
      const id = await create()
      const { status, body } = await desk.ask('agent', 'POST', '/api/tickets/close', { ids: [nobody, id, id] }, headers)
      expect([status, body.done, body.refused]).toEqual([200, [id], [{ id: nobody, code: 'record.not_found', detail: expect.any(String) }]])
      expect((await get(`/api/tickets/${id}`)).body.data.closedAt).not.toBeNull()
    }
    expect((await desk.ask('agent', 'POST', '/api/tickets/close', { ids: [] })).status).toBe(400)
  })
})

describe('an Idempotency-Key', () => {
  const post = (key: string, body: object, role = 'agent') => desk.ask(role, 'POST', '/api/tickets', body, { 'idempotency-key': key })
  const count = async (subject: string) => (await get(`/api/tickets?filter[subject]=${subject}&total=true`)).body.meta.total

  test('makes the same request happen once, and gives the same answer again', async () => {
    const body = { subject: 'Once only', partner: ann }
    const [one, two] = [await post('k-1', body), await post('k-1', body)]
    expect([one.status, two.status, two.body]).toEqual([201, 201, one.body])
    expect(two.headers.get('location')).toBe(one.headers.get('location'))
    expect(two.headers.get('etag')).toBe(one.headers.get('etag'))
    expect([one.headers.get('idempotency-replayed'), two.headers.get('idempotency-replayed')]).toEqual([null, 'true'])
    expect(await count('Once only')).toBe(1)
  })

  test('is refused with 422 for another body, and is free again on another route or for somebody else', async () => {
    await post('k-2', { subject: 'Key two', partner: ann })
    const other = await post('k-2', { subject: 'Key too', partner: ann })
    expect([other.status, other.body.code]).toEqual([422, 'request.key_reused'])
    expect((await post('k-2', { subject: 'Key too', partner: ann }, 'manager')).status).toBe(201)
    expect((await desk.ask('agent', 'POST', `/api/tickets/${first}/assign`, {}, { 'idempotency-key': 'k-2' })).status).toBe(200)
  })

  test('keeps no refusal: the corrected request is let in', async () => {
    expect((await post('k-3', { subject: 'x', partner: ann })).status).toBe(422)
    expect((await post('k-3', { subject: 'Right now', partner: ann })).status).toBe(201)
  })

  test('lets one of many at once through; the others get its answer, or 409 while it is under way', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('k-4', { subject: 'Race', partner: ann })))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([])
    expect(answers.filter(({ status, headers }) => status === 201 && headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect(await count('Race')).toBe(1)
  })

  test('is refused with 409 while its first request is under way', async () => {
    const { pool } = desk.app.connection
    const first = await pool.connect()
    try {
      await first.query('begin')
      const kept = [desk.users.get('agent')?.user, 'k-6', 'POST /api/tickets'].join('\n')
      await first.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [kept])
      const second = await post('k-6', { subject: 'Two at once', partner: ann })
      expect([second.status, second.body.code]).toEqual([409, 'request.in_flight'])
    } finally {
      await first.query('rollback')
      first.release()
    }
    expect((await post('k-6', { subject: 'Two at once', partner: ann })).status).toBe(201)
  })

  test('is forgotten after 24 hours', async () => {
    await post('k-7', { subject: 'Yesterday', partner: ann })
    await desk.app.connection.run(`update tessera_idempotency set at = at - interval '25 hours' where key = 'k-7'`)
    expect((await post('k-7', { subject: 'Today', partner: ann })).status).toBe(201)
    expect((await post('k-7', { subject: 'Today', partner: ann })).headers.get('idempotency-replayed')).toBe('true')
  })

  test('gives no answer to who may not read the record any more', async () => {
    const body = { subject: 'Gone soon', partner: ann }
    const { id } = (await post('k-5', body)).body.data
    await desk.ask('manager', 'DELETE', `/api/tickets/${id}`)
    expect((await post('k-5', body)).status).toBe(404)
  })
})

test('the document of the API has every route that is served', async () => {
  const { status, body } = await get('/api/openapi.json')
  expect([status, body.openapi]).toEqual([200, '3.1.0'])
  for (const [path, operations] of Object.entries<Record<string, unknown>>(body.paths)) {
    for (const method of Object.keys(operations)) {
      const answer = await desk.ask(null, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, nobody))
      expect([path, method, answer.status]).toEqual([path, method, 401])
    }
  }
})

test('no route answers with 5xx, whatever it is asked', async () => {
  const words = [
    'filter[subject]=%00',
    'filter[createdAt][gte]=9999-12-31',
    'filter[createdAt][gte]=0001-01-01',
    'q=%00',
    'q=%25%27%22',
    "sort=number'--",
    'cursor=AAAA',
    'filter[or][99][subject]=x',
    'filter[partner.company.company.name]=x',
    'filter[id]=1',
    'filter[version]=2147483647',
    'filter[constructor]=x',
    'fields=__proto__',
    'filter[subject][in]=',
  ]
  for (const path of ['/api/tickets', '/api/tickets/groups', '/api/users', `/api/tickets/${first}`]) {
    for (const query of words) expect([query, (await get(`${path}?${query}`)).status < 500]).toEqual([query, true])
  }
})
