import { command } from '@tessera/core'
import { z } from 'zod'

export const demoLoad = command('demo load', {
  help: 'Add 1,000 real service requests as tickets; loading again adds only what is missing.',
  // Loaded when it is asked for: no server needs it.
  run: async (_, services) => (await import('./demo/load.ts')).loadDemo(services),
})

export const dbPopulate = command('db populate', {
  help: 'Fill the database with invented tickets, to see how it does when it is full.',
  input: z.object({ tickets: z.int().min(1).max(5_000_000).default(200_000).describe('How many tickets') }),
  run: async ({ tickets }, _, database) =>
    (await import('./demo/populate.ts')).populate(database, { tickets, partners: Math.ceil(tickets / 10), users: 40, teams: 12 }),
})
