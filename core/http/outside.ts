/**
 * Requests to addresses that people enter: to a host on the public internet, by https, and nowhere else. Whoever may enter an
 * address must not reach the machines behind ours with it.
 */
import { type LookupAddress, type LookupAllOptions, lookup as resolveName } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Config } from '../config/index.ts'

export interface OutsideRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
export interface OutsideAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** The request was not made, or its answer was not read; the message says why. */
export class OutsideRefused extends Error {
  override readonly name = 'OutsideRefused'
}

/**
 * Asks a host outside and reads its answer. Refused with OutsideRefused: anything but https, a name and password in the address,
 * a host that has, or whose name leads to, an address that is not public, more than 1 MB, more than `outsideSeconds`. The address that
 * was checked is the one that is connected to, and a redirect is an answer like any other: it is not followed.
 *
 * With the variable TESSERA_ALLOW_PRIVATE_TARGETS, for tests and for a desk inside a closed network, private hosts are asked too,
 * and one on this machine even by http; link-local addresses, where clouds keep their secrets, never are. A module whose addresses
 * only administrators enter may have a variable of its own (`allowance`), so that it opens nothing else.
 */
export async function fetchOutside(
  address: string,
  request: OutsideRequest,
  config: Pick<Config, 'variable'>,
  allowance = 'TESSERA_ALLOW_PRIVATE_TARGETS',
): Promise<OutsideAnswer> {
  const allowed = config.variable(allowance) === undefined ? isPublic : isNotLinkLocal
  const url = parsed(address)
  const host = /(^|\.)localhost\.?$/.test(url.hostname) ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) > 0 && !allowed(host)) throw refusal(host, allowance)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowed === isNotLinkLocal && isLoopback(host)))
    throw new OutsideRefused(`"${url.protocol}//${url.host}" is refused: an address outside begins with https://.`)
  return send(url, request, lookupOf(allowed, resolveName, allowance), outsideSeconds(config))
}

/** How long a host outside may take to answer: 10 seconds, or what TESSERA_OUTSIDE_SECONDS says, a whole number from 1 to 60. */
export function outsideSeconds(config: Pick<Config, 'variable'>): number {
  const said = config.variable('TESSERA_OUTSIDE_SECONDS') ?? '10'
  const seconds = Number(said)
  if (!/^\d+$/.test(said) || seconds < 1 || seconds > 60)
    throw new Error(
      `TESSERA_OUTSIDE_SECONDS is how long a host outside may take to answer and must be a whole number from 1 to 60, not "${said}".`,
    )
  return seconds
}

/** Whether an IP address is one of the public internet: what is reserved for anything else is not. */
export function isPublic(address: string): boolean {
  return isIP(address) === 4 ? !reserved.check(address, 'ipv4') : isIP(address) === 6 && isPublic6(address)
}

const mostBytes = 1_048_576

function parsed(address: string): URL {
  if (!URL.canParse(address)) throw new OutsideRefused('This is no address of the web.')
  const url = new URL(address)
  if (url.username !== '' || url.password !== '')
    throw new OutsideRefused(`The address of "${url.host}" is refused: it must not carry a name or password.`)
  return url
}

function send(
  url: URL,
  { method = 'GET', headers = {}, body }: OutsideRequest,
  lookup: LookupFunction,
  seconds: number,
): Promise<OutsideAnswer> {
  return new Promise((resolve, reject) => {
    // Over all: name, connection, waiting and reading. A connection of its own, since a kept one was looked up for another request.
    const signal = AbortSignal.timeout(seconds * 1000)
    const fail = (error: Error) =>
      reject(signal.aborted ? new OutsideRefused(`"${url.host}" did not answer within ${seconds} seconds.`) : error)
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const make = url.protocol === 'https:' ? requestHttps : requestHttp
    const sent = make(url, { method, headers: { ...headers, ...length }, agent: false, lookup, signal }, (answer) => {
      const chunks: Buffer[] = []
      let bytes = 0
      answer.on('error', fail)
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes > mostBytes) sent.destroy(new OutsideRefused(`The answer of "${url.host}" is larger than ${mostBytes} bytes.`))
      })
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          // Node joins repeated headers, all but set-cookie, which nobody here keeps.
          headers: { ...answer.headers, 'set-cookie': undefined },
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    sent.on('error', fail)
    sent.end(body)
  })
}

/**
 * A look-up for a connection, which then goes to what was checked here. It gives nothing when one of a name's addresses is not
 * allowed: a name with two kinds of addresses is up to something.
 */
export function lookupOf(
  allowed: (address: string) => boolean,
  resolve: Resolve = resolveName,
  allowance = 'TESSERA_ALLOW_PRIVATE_TARGETS',
): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) return done(error ?? new Error(`"${host}" has no address.`), '')
      if (!addresses.every(({ address }) => allowed(address))) return done(refusal(host, allowance), '')
      if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}

/** How names are looked up: `lookup` of node:dns. */
type Resolve = (
  host: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

function refusal(host: string, allowance: string): OutsideRefused {
  return new OutsideRefused(
    `"${host}" is refused: it is not on the public internet. For a desk inside a closed network set ${allowance}=1.`,
  )
}

/** What the registries of IANA keep for anything but the public internet. */
const reserved = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  reserved.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  reserved.addSubnet(network, bits, 'ipv6')
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')

/** Only what is handed out to the internet; an address that wraps an IPv4 address (::ffff:…, 64:ff9b::…) lies elsewhere. */
function isPublic6(address: string): boolean {
  return !address.includes('%') && global6.check(address, 'ipv6') && !reserved.check(address, 'ipv6')
}

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
linkLocal.addAddress('fd00:ec2::254', 'ipv6')

function isNotLinkLocal(address: string): boolean {
  return !address.includes('%') && !linkLocal.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopback(host: string): boolean {
  return isIP(host) > 0 && loopback.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')
}
