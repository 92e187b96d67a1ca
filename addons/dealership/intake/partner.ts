import type { Services } from '@tessera/core'
import { Partner } from '@tessera/partner'
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
  const byNumber = number ? await system.find(Partner, { phone: { $in: [...new Set([number, phone])] }, active: true }) : undefined
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

/** `+964 (770) 123-4567` is kept as `+9647701234567`, so that the same number is found again however it is typed. */
function plainNumber(phone: string): string {
  return phone.replace(/[^\d+]/g, '') || phone
}
