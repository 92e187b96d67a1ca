import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConfig } from '../testing/index.ts'
import { fetchOutside, isPublic, lookupOf, OutsideRefused, outsideSeconds } from './outside.ts'

const closed = testConfig()
const open = testConfig({ TESSERA_ALLOW_PRIVATE_TARGETS: '1' })
let server: Server
let address: string
let asked = 0

beforeAll(async () => {
  server = createServer((request, response) => {
    asked++
    if (request.url === '/redirect') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
    else if (request.url === '/silent') return
    else if (request.url === '/flood') response.end('x'.repeat(2_000_000))
    else if (request.url === '/cut') response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy())
    else request.on('data', (chunk) => response.write(chunk)).on('end', () => response.end())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

describe('A request to the outside', () => {
  const spellings = [
    'https://127.0.0.1/',
    'https://127.1/',
    'https://127.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://127.0.0.1./',
    'https://127。0。0。1/',
    'https://①②⑦.⓪.⓪.①/',
    'https://%31%32%37.0.0.1/',
    'https://127.255.255.254/',
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://0/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
    'https://10.255.255.255/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://0300.0250.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://2852039166/',
    'https://100.64.0.1/',
    'https://192.0.0.192/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001::1]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
    'https://[100::1]/',
  ]
  it.each(spellings)('goes not to %s, which is not on the public internet', async (spelling) => {
    await expect(fetchOutside(spelling, {}, closed)).rejects.toBeInstanceOf(OutsideRefused)
  })

  it.each([
    'http://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://example.org/',
    'data:text/plain,hello',
    'https://user:secret@example.org/',
    'https://',
    'nonsense',
  ])('is refused for the address %s', async (wrong) => {
    await expect(fetchOutside(wrong, {}, closed)).rejects.toBeInstanceOf(OutsideRefused)
    await expect(fetchOutside(wrong, {}, open)).rejects.toBeInstanceOf(OutsideRefused)
  })

  it('is not made by http, to this machine neither', async () => {
    await expect(fetchOutside(address, {}, closed)).rejects.toBeInstanceOf(OutsideRefused)
    expect(asked).toBe(0)
  })

  it('never repeats a secret of the address in what it says', async () => {
    const told = await fetchOutside('https://user:secret@example.org/path?key=secret', {}, closed).catch(String)
    expect(told).not.toContain('secret')
  })
})

describe('Where private targets are allowed', () => {
  it('this machine is asked by http, with method, headers and body', async () => {
    const answer = await fetchOutside(address, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'Grüße' }, open)
    expect(answer).toMatchObject({ status: 200, text: 'Grüße' })
  })

  it('no other machine is asked by http, and no link-local address at all', async () => {
    for (const refused of [
      'http://10.0.0.1/',
      'http://8.8.8.8/',
      'https://169.254.169.254/',
      'https://[fe80::1]/',
      'https://[fd00:ec2::254]/',
    ])
      await expect(fetchOutside(refused, {}, open)).rejects.toBeInstanceOf(OutsideRefused)
  })

  it('a variable of a module opens what that module asks, and nothing else', async () => {
    const its = testConfig({ OIDC_ALLOW_PRIVATE: '1' })
    expect(await fetchOutside(address, {}, its, 'OIDC_ALLOW_PRIVATE')).toMatchObject({ status: 200 })
    await expect(fetchOutside(address, {}, its)).rejects.toThrow('TESSERA_ALLOW_PRIVATE_TARGETS=1')
    await expect(fetchOutside('https://10.0.0.1/', {}, open, 'OIDC_ALLOW_PRIVATE')).rejects.toThrow('OIDC_ALLOW_PRIVATE=1')
  })

  it('a redirect is an answer and is not followed', async () => {
    const before = asked
    expect(await fetchOutside(`${address}/redirect`, {}, open)).toMatchObject({ status: 302 })
    expect(asked).toBe(before + 1)
  })

  it('a host that says nothing is waited for 10 seconds, or as long as the deployment says', async () => {
    expect(outsideSeconds(open)).toBe(10)
    const impatient = testConfig({ TESSERA_ALLOW_PRIVATE_TARGETS: '1', TESSERA_OUTSIDE_SECONDS: '1' })
    await expect(fetchOutside(`${address}/silent`, {}, impatient)).rejects.toThrow('did not answer within 1 seconds')
    for (const said of ['0', '61', '1.5', 'long'])
      await expect(
        fetchOutside(address, {}, testConfig({ TESSERA_ALLOW_PRIVATE_TARGETS: '1', TESSERA_OUTSIDE_SECONDS: said })),
      ).rejects.toThrow('a whole number from 1 to 60')
  })

  it('an answer of more than a megabyte is given up, and one that breaks off is no answer', async () => {
    await expect(fetchOutside(`${address}/flood`, {}, open)).rejects.toThrow('larger than 1048576 bytes')
    await expect(fetchOutside(`${address}/cut`, {}, open)).rejects.toThrow()
  })
})

describe('A name', () => {
  /** What a connection gets to know of a name that has these addresses. */
  const led = (addresses: readonly string[], all: boolean): Promise<unknown> =>
    new Promise((resolve) => {
      const lookup = lookupOf(isPublic, (_host, _options, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        ),
      )
      lookup('example.org', { all }, (error, found) => resolve(error ?? found))
    })

  it('leads nowhere when one of its addresses is inside', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['93.184.216.34', '10.0.0.1'],
      ['2606:4700::1111', 'fd00::1'],
      ['169.254.169.254'],
      ['::ffff:10.0.0.1'],
      [],
    ]) {
      for (const all of [true, false]) expect(await led(addresses, all)).toBeInstanceOf(Error)
    }
  })

  it('leads to the addresses that were checked, and is not looked up again', async () => {
    expect(await led(['93.184.216.34', '1.1.1.1'], false)).toBe('93.184.216.34')
    expect(await led(['93.184.216.34'], true)).toEqual([{ address: '93.184.216.34', family: 4 }])
  })
})

it('Public addresses are those handed out to the internet', () => {
  for (const address of ['8.8.8.8', '1.1.1.1', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001::1'])
    expect(isPublic(address)).toBe(true)
  for (const address of ['127.0.0.1', '::1', 'fe80::1%eth0', 'localhost', '']) expect(isPublic(address)).toBe(false)
})
