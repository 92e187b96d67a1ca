import { User } from '@tessera/base'
import type { Role, Services, Where } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { branchAgent, dealerAgent, dealerManager, intake } from '../roles.ts'
import type { Sent } from './bodies.ts'

/** The partner who has the address, else the number; else a new one. Of one who is known nothing is changed: the sender is not proven. */
export async function partnerFor({ name, lastName, email, phone }: Sent, services: Services): Promise<string> {
  const system = services.asSystem('Whoever fills in a form outside is found by his address, and is told nothing of it.')
  const address = email?.toLowerCase()
  const number = phone && plainNumber(phone)
  const byAddress = address
    ? await system.find(Partner, { email: { $in: [...new Set([address, email ?? address])] }, active: true })
    : undefined
  if (byAddress) return byAddress.id
  const byNumber = number ? await withNumber([...new Set([number, phone])], services) : undefined
  if (byNumber) return byNumber.id
  const language = services.app.texts.has(services.context.locale) ? services.context.locale : null
  const made = await system.create(Partner, {
    name: [name, lastName].filter(Boolean).join(' '),
    email: address ?? null,
    phone: number ?? null,
    language,
  })
  return made.id
}

/**
 * Who has a number is known from the distributor's staff or an import. What other senders and dealers wrote beside a number is not
 * proven: who wrote somebody else's would get that one's tickets and their mails. Where a sender gave no address nothing reaches him.
 */
async function withNumber(numbers: readonly string[], services: Services): Promise<{ readonly id: string } | undefined> {
  const system = services.asSystem('A number leads to its owner, not to whoever wrote it beside an address of his own.')
  const where: Where<Partner> = { phone: { $in: [...numbers] }, active: true }
  const { rows } = await system.query(Partner, { fields: ['email', 'createdBy'], where, order: { createdAt: 'asc' }, limit: 200 })
  const makers = rows.flatMap(({ createdBy }) => createdBy?.id ?? [])
  const withRole = async (...roles: readonly Role[]) => {
    const held: Where<User> = { id: { $in: makers }, roles: { name: { $in: roles.map(({ name }) => name) } } }
    const found = makers.length === 0 ? [] : (await system.query(User, { fields: ['id'], where: held, limit: 200 })).rows
    return new Set(found.map(({ id }) => id))
  }
  const [senders, dealers] = [await withRole(intake), await withRole(branchAgent, dealerAgent, dealerManager)]
  return rows.find(({ email, createdBy }) => {
    const maker = createdBy?.id ?? ''
    return !dealers.has(maker) && (!senders.has(maker) || email === null)
  })
}

/** `+964 (770) 123-4567` is kept as `+9647701234567`, so that the same number is found again however it is typed. */
function plainNumber(phone: string): string {
  return phone.replace(/[^\d+]/g, '') || phone
}
