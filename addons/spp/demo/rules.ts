import type { Records, Services } from '@tessera/core'
import type { Cast } from './people.ts'

/** Assignment rules, where the desk has them; otherwise false. */
export async function writeRules({ app }: Services, records: Records, { teams }: Cast): Promise<boolean> {
  const rule = app.models.byName('assignmentRule')
  if (!rule) return false
  await records.createMany(rule.handle, [
    { name: 'Grave complaints', rank: 10, team: teams.grievances, strategy: 'least_loaded', condition: { sppSeverity: 'grave' } },
    { name: 'Complaints', rank: 20, team: teams.grievances, strategy: 'round_robin', condition: { type: { code: 'complaint' } } },
    {
      name: 'Payments',
      rank: 30,
      team: teams.payments,
      strategy: 'round_robin',
      condition: { $or: [{ subject: { $contains: 'pay' } }, { subject: { $contains: 'card' } }] },
    },
    {
      name: 'Programs',
      rank: 40,
      team: teams.registry,
      strategy: 'least_loaded',
      condition: { sppProgram: { $ne: null }, type: { code: 'request' } },
    },
    { name: 'Service providers', rank: 90, team: teams.payments, strategy: 'team', condition: { partner: { kind: 'company' } } },
  ])
  return true
}
