/** Where a request comes from. A forwarded address is believed only from a proxy that the configuration names. */
import { BlockList, isIP } from 'node:net'
import type { TrustProxy } from '../config/index.ts'

/** Makes the function that finds the client's address from the socket's and `X-Forwarded-For`. */
export function clientAddress(trust: TrustProxy): (remote: string | undefined, forwardedFor: string | undefined) => string {
  const isProxy = trusted(trust)
  return (remote = '', forwardedFor) => {
    const nearest = plain(remote)
    if (trust === 'none' || !forwardedFor) return nearest
    // From the nearest to the farthest; the first that is not one of our proxies is the client.
    const hops = [
      nearest,
      ...forwardedFor
        .split(',')
        .reverse()
        .map((hop) => plain(hop.trim())),
    ]
    let client = nearest
    for (const [distance, hop] of hops.entries()) {
      if (isIP(hop) === 0) break
      client = hop
      if (!isProxy(hop, distance)) break
    }
    return client
  }
}

function trusted(trust: TrustProxy): (address: string, distance: number) => boolean {
  if (trust === 'none') return () => false
  if (typeof trust === 'number') return (_, distance) => distance < trust
  const networks = new BlockList()
  for (const network of trust) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) networks.addAddress(address, family)
    else networks.addSubnet(address, Number(bits), family)
  }
  return (address) => networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** An IPv4 address that came through an IPv6 socket, as IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
