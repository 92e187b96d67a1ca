import { expect, test } from 'vitest'
import { clientAddress } from './address.ts'
import { csrfToken, refuseOtherSites, refuseWithoutToken } from './csrf.ts'

const own = 'https://desk.example.org'

test.each([
  ['the browser says so', { 'sec-fetch-site': 'same-origin' }],
  ['the person typed the address', { 'sec-fetch-site': 'none' }],
  ['its origin is the configured one', { origin: own }],
  ['its origin is the name that this browser used', { origin: 'http://10.0.0.4:3000', host: '10.0.0.4:3000' }],
  ['no browser sent it', {}],
])('a change is let in when %s', (_, headers) => expect(() => refuseOtherSites(headers, own)).not.toThrow())

test.each([
  ['cross-site', { 'sec-fetch-site': 'cross-site', origin: own }],
  ['from a sibling domain', { 'sec-fetch-site': 'same-site' }],
  ['from another origin', { origin: 'https://evil.example.org', host: 'desk.example.org' }],
  ['from a page without an origin', { origin: 'null', host: 'desk.example.org' }],
])('a change that comes %s is refused', (_, headers) =>
  expect(() => refuseOtherSites(headers, own)).toThrow('This came from another site, which may not change anything here.'),
)

test('a form is let in with the token of its session and with no other', () => {
  expect(() => refuseWithoutToken('session', csrfToken('session'))).not.toThrow()
  for (const given of [undefined, '', 'session', csrfToken('other'), [csrfToken('session')]]) {
    expect(() => refuseWithoutToken('session', given)).toThrow('This form is no longer valid')
  }
})

test.each([
  ['none', '1.1.1.1', '9.9.9.9', '1.1.1.1'],
  [1, '10.0.0.1', '9.9.9.9', '9.9.9.9'],
  [1, '10.0.0.1', '6.6.6.6, 9.9.9.9', '9.9.9.9'],
  [2, '10.0.0.1', '6.6.6.6, 9.9.9.9, 10.0.0.2', '9.9.9.9'],
  [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 9.9.9.9, 10.0.0.2', '9.9.9.9'],
  [['10.0.0.0/8'], '8.8.8.8', '9.9.9.9', '8.8.8.8'],
  [['10.0.0.0/8'], '::ffff:10.0.0.1', '9.9.9.9', '9.9.9.9'],
  [['10.0.0.0/8'], '10.0.0.1', 'nonsense', '10.0.0.1'],
] as const)('with TRUST_PROXY %j, %s forwarding for "%s" is the client %s', (trust, remote, forwarded, client) => {
  expect(clientAddress(trust)(remote, forwarded)).toBe(client)
})
