import { demandReach, User } from '@tessera/base'
import type { GuardedWrite, Services } from '@tessera/core'
import { Partner } from './partner.model.ts'

/** Whoever makes a customer see what the whole company asked gives him rights: only somebody who sees all of that himself may. */
export async function guardPartner({ id, before, changes }: GuardedWrite, services: Services): Promise<void> {
  if (before === null || !{ ...before, ...changes }.managesCompany) return
  if (changes.managesCompany === undefined && changes.company === undefined) return
  const users = services.asSystem('Whether a partner signs in decides who may widen what he sees.')
  const { rows } = await users.query(User, { fields: [], where: { partner: id }, limit: 200 })
  await demandReach(
    services,
    rows.map((user) => user.id),
    Partner,
    'managesCompany',
  )
}
