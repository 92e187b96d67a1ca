import { command } from '@tessera/core'
import { Program } from '../program.model.ts'
import { chanceFrom } from './chance.ts'
import { castOf } from './people.ts'
import { writeRules } from './rules.ts'
import { writePolicies } from './service-levels.ts'
import { fileTickets } from './tickets.ts'

/** A deployment in the middle of its work: programmes, registrants, staff, rules, and the tickets of four months. */
export const demoSpp = command('demo spp', {
  help: 'Add invented programmes, registrants, staff, rules and four months of tickets; loading again adds nothing.',
  run: async (_, services) => {
    const records = services.asSystem('Demonstration data belongs to nobody.')
    if (await records.find(Program, { code: 'child_grant' })) return { tickets: 0, registrants: 0 }
    const { now } = services.context
    const chance = chanceFrom(20_240)
    const cast = await records.transaction(() => castOf(services, records, chance))
    const rules = await writeRules(services, records, cast)
    await records.transaction(() => writePolicies(services, records))
    const tickets = await fileTickets(records, cast, chance, now, rules)
    return { tickets, registrants: cast.registrants.length }
  },
})
