import { command } from '@tessera/core'
import { z } from 'zod'
import { loadDemo } from './demo/load.ts'
import { populate } from './demo/populate.ts'

export const demoLoad = command('demo load', {
  help: 'Add 1,000 real service requests as tickets; loading again adds only what is missing.',
  run: (_, services) => loadDemo(services),
})

export const dbPopulate = command('db populate', {
  help: 'Fill the database with invented tickets, to see how it does when it is full.',
  input: z.object({ tickets: z.int().min(1).max(5_000_000).default(200_000).describe('How many tickets') }),
  run: ({ tickets }, _, database) => populate(database, { tickets, partners: Math.ceil(tickets / 10), users: 40, teams: 12 }),
})
