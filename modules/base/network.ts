import { isIPv6 } from 'node:net'

/** What one customer of a provider has of the internet: a whole IPv4 address, but of IPv6 the /64 around it. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [before = '', after] = (address.split('%', 1)[0] ?? '').split('::')
  const first = groupsOf(before)
  const last = groupsOf(after ?? '')
  const missing = after === undefined ? 0 : 8 - first.length - last.length - (last.at(-1)?.includes('.') ? 1 : 0)
  const groups = [...first, ...Array.from({ length: missing }, () => '0'), ...last].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

const groupsOf = (part: string): readonly string[] => (part === '' ? [] : part.split(':'))
