import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { defineModule, html, page, permission, redirect, role, route, UserError } from '@tessera/core'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { abilityOf } from '../access/ability.ts'
import type { Caller, Context } from '../access/caller.ts'
import { compose } from '../module/compose.ts'
import { fromDeclarations } from '../module/load.ts'
import type { Services } from '../service/services.ts'
import { createHttp } from './app.ts'
import { csrfToken } from './csrf.ts'

const librarian = role('librarian')
const lend = permission('library.lend', 'Lend a book')
const library = defineModule({
  name: 'library',
  roles: [librarian],
  permissions: [librarian.may(lend)],
  routes: [
    route('POST /echo', { may: 'signed-in', run: ({ body }) => ({ body: body ?? null }) }),
    route('POST /loans', { may: lend, body: z.object({ book: z.string().min(3) }), run: ({ body }) => ({ lent: body.book }) }),
    route('GET /open/:word', {
      may: 'anybody',
      run: ({ params }, { context }) => ({ word: params.word, door: context.door, who: context.caller.name }),
    }),
    route('GET /broken', {
      may: 'anybody',
      run: () => {
        throw new Error('password=hunter2')
      },
    }),
    route('GET /gone', {
      may: 'anybody',
      run: () => {
        throw Object.assign(new Error('terminating connection'), { code: '57P01' })
      },
    }),
  ],
  pages: [
    page('GET /', { may: 'signed-in', respond: ({ csrf }, { context }) => html(`<p>${context.caller.name} ${csrf}</p>`) }),
    page('GET /shelves', { may: librarian, respond: () => html('<p>shelves</p>') }),
    page('POST /notes', { may: 'signed-in', respond: ({ body }) => html(JSON.stringify(body)) }),
    page('GET /language', { may: 'anybody', respond: (_, { context }) => html(context.locale) }),
    page('GET /sign-in', { may: 'anybody', respond: () => html('<p>sign in</p>') }),
    page('POST /sign-in', {
      may: 'anybody',
      respond: () => redirect('/', { session: { token: 'opened', expires: new Date('2099-01-01') }, cookies: { theme: 'dark' } }),
    }),
    page('GET /refused', {
      may: 'anybody',
      respond: () => {
        throw new UserError('library.refused', 'The book <{name}> is lent.', { name: 'Emma' })
      },
    }),
  ],
})
const composed = compose(fromDeclarations([library]))
const composition = { ...composed, texts: new Map([...composed.texts, ['fr', new Map<string, string>()]]) }
const ability = (...roles: (typeof librarian)[]) => abilityOf(roles, composition.rules, composition.models)
const anonymous: Caller = { id: null, name: 'Nobody', me: {}, ability: ability() }
const callers = new Map<string, Caller>([
  ['ada', { id: '018f4e6a-0000-7000-8000-000000000001', name: 'Ada', me: {}, ability: ability(librarian) }],
  ['bob', { id: '018f4e6a-0000-7000-8000-000000000002', name: 'Bob', me: {}, ability: ability() }],
])
const profileOf = async (user: string) => {
  const caller = callers.get(user)
  // Ada chose English, Bob no language.
  return caller && { caller, locale: user === 'ada' ? 'en' : undefined, zone: 'UTC' }
}
const identity: Services['identity'] & object = {
  userOfKey: async (token: string) =>
    callers.has(token.slice(3))
      ? { user: token.slice(3), key: token, origins: [], ...(token === 'tk_bob' && { perMinute: 3 }) }
      : undefined,
  userOfSession: async (token: string) => (callers.has(token) ? { user: token, id: token, confirmedAt: new Date() } : undefined),
} as Services['identity']

const lines: string[] = []
const door = createHttp({
  composition,
  config: { baseUrl: 'https://desk.example.org', trustProxy: 'none' },
  log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  version: '1.2.3',
  callers: { anonymous, profileOf },
  // This module has no models: no route of it reaches the records.
  servicesFor: (context: Context) => ({ context, identity, app: composition, text: (code: string) => code }) as unknown as Services,
  sqlInTransaction: () => ({ query: async () => ({ rows: [] }) }),
  isReady: async () => true,
})

let server: Server
let base: string
beforeAll(async () => {
  server = await door.listen(0, '127.0.0.1')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const key = { authorization: 'Bearer tk_ada' }
const cookie = { cookie: '__Host-tessera=ada' }
const get = (path: string, headers: Record<string, string> = {}) => fetch(base + path, { headers, redirect: 'manual' })
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(base + path, { method: 'POST', body, headers, redirect: 'manual' })
const json = { 'content-type': 'application/json', ...key }

test.each([
  ['in the language that he chose', 'ada', 'fr', 'en'],
  ['as his browser asks, when he chose none', 'bob', 'fr-CA,fr;q=0.9', 'fr'],
  ['in English, when no catalogue has what his browser asks', 'bob', 'sw', 'en'],
  ['as his browser asks, before he signs in', 'nobody', 'fr', 'fr'],
])('a user reads %s', async (_, user, asked, locale) => {
  const answer = await get('/language', { cookie: `__Host-tessera=${user}`, 'accept-language': asked })
  expect(await answer.text()).toBe(locale)
})

describe('the body of an API request', () => {
  test('is JSON', async () => {
    const answer = await post('/api/echo', '{"a":[1,"é"]}', json)
    expect([answer.status, await answer.json()]).toEqual([200, { body: { a: [1, 'é'] } }])
  })

  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  test.each([
    ['that is broken', '{"a":', 400, 'http.broken_json'],
    ['with NUL in a text', '{"a":"\\u0000"}', 400, 'http.nul'],
    ['with half a character', '{"a":"\\ud800"}', 400, 'http.half_character'],
    ['with half a character in a name', '{"\\udfff":1}', 400, 'http.half_character'],
    ['that is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'http.not_utf8'],
    ['nested 21 deep', nested(21), 400, 'http.too_deep'],
    ['nested 100,000 deep', nested(100_000), 400, 'http.too_deep'],
    ['that would change prototypes', '{"__proto__":{"admin":true}}', 400, 'http.forbidden_name'],
    ['of more than 1 MB', JSON.stringify('x'.repeat(1_048_576)), 413, 'http.too_large'],
  ])('%s is refused', async (_, body, status, code) => {
    const answer = await post('/api/echo', body, json)
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ status, code })])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('may be nested 20 deep', async () => {
    expect((await post('/api/echo', nested(20), json)).status).toBe(200)
  })

  test('of another type is refused with 415', async () => {
    expect((await post('/api/echo', 'a=1', { ...key, 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
    expect((await post('/api/echo', '{}', { ...key, 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('/api/echo', '{}', { ...json, 'content-encoding': 'gzip' })).status).toBe(415)
  })

  test('that never ends is cut after 1 MB', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      'POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer tk_ada\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const flood = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', flood)
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    flood()
    await new Promise((resolve) => socket.on('close', resolve))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('is checked by the schema of the route, and each wrong field is named', async () => {
    const answer = await post('/api/loans', '{"book":"ab"}', json)
    expect([answer.status, await answer.json()]).toEqual([
      422,
      expect.objectContaining({
        code: 'request.invalid',
        errors: [expect.objectContaining({ field: 'book', code: 'validation.too_small' })],
      }),
    ])
  })
})

describe('who comes', () => {
  test('with a key is its owner, whatever cookie comes along', async () => {
    expect(await (await get('/api/open/a', { ...key, cookie: '__Host-tessera=bob' })).json()).toEqual({
      word: 'a',
      door: 'api',
      who: 'Ada',
    })
  })

  test.each([{ authorization: 'Bearer tk_unknown' }, { authorization: 'Basic YTpi' }, { authorization: '' }, {}])(
    'with %j is told 401',
    async (headers) => {
      const answer = await post('/api/echo', '{}', { 'content-type': 'application/json', ...headers })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"'])
      expect(await answer.json()).toMatchObject({ status: 401, title: 'Unauthorized' })
    },
  )

  test('without a right is told 403, with the name of the right', async () => {
    const answer = await post('/api/loans', '{"book":"Emma"}', { 'content-type': 'application/json', authorization: 'Bearer tk_bob' })
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'http.not_permitted', detail: 'Bob may not do this: it takes "Lend a book".' }),
    ])
  })

  test('to a page without a session is led to the sign-in and back again', async () => {
    const answer = await get('/shelves?sort=-name')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?next=%2Fshelves%3Fsort%3D-name'])
    expect((await get('/')).headers.get('location')).toBe('/sign-in')
    expect((await post('/notes', 'a=1')).headers.get('location')).toBe('/sign-in')
  })

  test('to a page with a session is let in, and the page is kept nowhere', async () => {
    const answer = await get('/', cookie)
    expect([answer.status, answer.headers.get('cache-control'), await answer.text()]).toEqual([
      200,
      'no-store',
      `<p>Ada ${csrfToken('ada')}</p>`,
    ])
    expect((await get('/shelves', cookie)).status).toBe(200)
    expect((await get('/shelves', { cookie: '__Host-tessera=bob' })).status).toBe(403)
  })

  test('with a key of 3 requests a minute is told 429 at the fourth, and when to come again', async () => {
    const statuses: number[] = []
    let last = await get('/api/open/a', { authorization: 'Bearer tk_bob' })
    while (last.status === 200) {
      statuses.push(Number(last.headers.get('ratelimit-remaining')))
      last = await get('/api/open/a', { authorization: 'Bearer tk_bob' })
    }
    expect(statuses.length).toBeLessThanOrEqual(3)
    expect([last.status, last.headers.get('ratelimit-limit'), last.headers.get('ratelimit-remaining')]).toEqual([429, '3', '0'])
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await get('/api/open/a', key)).headers.get('ratelimit-limit')).toBe('600')
  })
})

describe('a form', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test('is let in with the token of its session', async () => {
    const answer = await post('/notes', `_csrf=${csrfToken('ada')}&a=1&b=2&b=3&__proto__=x`, { ...form, ...cookie })
    expect([answer.status, await answer.text()]).toEqual([
      200,
      JSON.stringify({ _csrf: csrfToken('ada'), a: '1', b: ['2', '3'], ['__proto__']: 'x' }),
    ])
  })

  test('without the token, or from another site, is refused', async () => {
    expect((await post('/notes', 'a=1', { ...form, ...cookie })).status).toBe(403)
    expect((await post('/notes', `_csrf=${csrfToken('ada')}`, { ...form, ...cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post('/sign-in', '', { ...form, origin: 'https://evil.example.org' })).status).toBe(403)
  })

  test('of bad characters is refused with 400', async () => {
    for (const body of ['a=%ff', 'a=%00'])
      expect((await post('/notes', `_csrf=${csrfToken('ada')}&${body}`, { ...form, ...cookie })).status).toBe(400)
  })

  test('cannot reach the API: a session must send JSON and its token as a header', async () => {
    const send = (headers: Record<string, string>) => post('/api/echo', '{}', { ...cookie, ...headers })
    expect((await send({ 'content-type': 'application/json' })).status).toBe(403)
    expect((await send({ 'content-type': 'text/plain', 'x-csrf-token': csrfToken('ada') })).status).toBe(415)
    expect((await send({ 'content-type': 'application/json', 'x-csrf-token': csrfToken('ada') })).status).toBe(200)
  })

  test('that signs in sets a cookie that no script reads and no other site sends', async () => {
    const answer = await post('/sign-in', 'a=1', form)
    expect(answer.headers.getSetCookie()).toEqual([
      '__Host-tessera=opened; path=/; expires=Thu, 01 Jan 2099 00:00:00 GMT; samesite=lax; secure; httponly',
      expect.stringMatching(/^theme=dark; path=\/; expires=.*; samesite=lax; secure; httponly$/),
    ])
  })
})

describe('every answer', () => {
  test('tells the browser to load and frame nothing foreign', async () => {
    const { headers } = await get('/sign-in')
    expect(headers.get('content-security-policy')?.split(';')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "frame-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test('has a request id, also in the log, and the log has no path', async () => {
    const answer = await get('/api/open/my-secret-word', { 'x-request-id': 'abc-12345' })
    expect(answer.headers.get('x-request-id')).toBe('abc-12345')
    const line: Record<string, unknown> = JSON.parse(lines.findLast((each) => each.includes('abc-12345')) ?? '{}')
    expect(line).toMatchObject({ requestId: 'abc-12345', method: 'GET', route: 'GET /api/open/:word', status: 200, user: null })
    expect(lines.join('')).not.toContain('my-secret-word')
    expect((await get('/version', { 'x-request-id': 'a b\\c' })).headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  })

  test('to a mistake of ours says nothing but the request id, and the log explains it', async () => {
    const answer = await get('/api/broken')
    const text = await answer.text()
    expect([answer.status, text.includes('hunter2')]).toEqual([500, false])
    expect(JSON.parse(text)).toMatchObject({ code: 'http.unexpected', requestId: answer.headers.get('x-request-id') })
    expect(lines.join('')).toContain('hunter2')
  })

  test('while the database is away is 503 with a time to come again', async () => {
    const answer = await get('/api/gone')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  })

  test('to a refusal on a page is a sentence in plain HTML where no client is installed', async () => {
    const answer = await get('/refused')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([422, 'text/html; charset=utf-8'])
    expect(await answer.text()).toContain('<h1>The book &#60;Emma&#62; is lent.</h1>')
  })

  test('to an address or method that is not there is 404 or 405', async () => {
    expect((await get('/api/nothing', key)).status).toBe(404)
    expect((await get('/nothing')).status).toBe(404)
    const answer = await get('/api/echo', key)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await get('/api/open/%ff')).status).toBeLessThan(500)
    expect((await get('/%')).status).toBeLessThan(500)
  })

  test('is compressed for who takes it', async () => {
    const answer = await get('/api/openapi.json', { ...key, 'accept-encoding': 'gzip' })
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    const again = await get('/api/openapi.json', { ...key, 'if-none-match': answer.headers.get('etag') ?? '' })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })
})

test('a supervisor learns whether the process lives, is ready, and its version', async () => {
  for (const [path, body] of [
    ['/healthz', { status: 'ok' }],
    ['/readyz', { status: 'ready' }],
    ['/version', { version: '1.2.3' }],
  ] as const) {
    const answer = await get(path)
    expect([answer.status, await answer.json()]).toEqual([200, body])
  }
})

test('every route tells whom it lets in', () => {
  expect(door.routes()).toContainEqual({ method: 'POST', path: '/api/loans', may: 'library.lend', module: 'library' })
  expect(door.routes()).toContainEqual({ method: 'GET', path: '/shelves', may: 'role librarian', module: 'library' })
  expect(door.routes().filter(({ may }) => !may)).toEqual([])
})
