/** Who is in the demonstration: staff, programmes, households, persons and those who pay them out. All invented. */
import { Team } from '@tessera/base'
import type { Records, Services } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Enrolment, Program } from '../program.model.ts'
import type { Chance } from './chance.ts'

export interface Cast {
  readonly agents: readonly string[]
  readonly teams: { readonly payments: string; readonly registry: string; readonly grievances: string }
  readonly programs: readonly string[]
  /** With a number in the registry and a program. */
  readonly registrants: readonly { readonly id: string; readonly program: string }[]
  readonly providers: readonly string[]
}

const first = [
  'Fatou',
  'Lamin',
  'Awa',
  'Modou',
  'Isatou',
  'Ebrima',
  'Binta',
  'Ousman',
  'Mariama',
  'Alieu',
  'Kumba',
  'Saikou',
  'Jainaba',
  'Musa',
]
const last = ['Camara', 'Jallow', 'Ceesay', 'Touray', 'Sowe', 'Bah', 'Sanneh', 'Darboe', 'Njie', 'Barrow', 'Manneh', 'Drammeh']
const districts = ['Basse', 'Brikama', 'Farafenni', 'Soma', 'Kerewan', 'Janjanbureh']
const places = { country: 'GM', invented: true }

export async function castOf(services: Services, records: Records, chance: Chance): Promise<Cast> {
  const staff = async (name: string, ...roles: string[]): Promise<string> => {
    const email = `${name.toLowerCase().replace(/\s+/g, '.')}@programmes.example`
    return (await services.identity.createUser({ email, name, roles })).id
  }
  const agents: string[] = []
  for (const name of ['Ana Moreira', 'Samba Diallo', 'Haddy Jobe', 'Peter Mendy', 'Yassin Saine', 'Ramatoulie Faal'])
    agents.push(await staff(name, 'agent'))
  await staff('Adama Kah', 'manager')
  const officers: string[] = []
  for (const name of ['Mariam Colley', 'Foday Kanteh', 'Oumie Secka']) officers.push(await staff(name, 'sppOfficer'))

  const team = async (name: string, members: readonly string[]) => (await records.create(Team, { name, members, leader: members[0]! })).id
  const teams = {
    payments: await team('Payments', agents.slice(0, 3)),
    registry: await team('Registry', agents.slice(2, 5)),
    grievances: await team('Grievances', agents.slice(3)),
  }
  const programs = await records.createMany(Program, [
    { code: 'child_grant', name: 'Child Grant', description: 'A monthly transfer for every child under five.', officers: [officers[0]!] },
    { code: 'pension', name: 'Social Pension', description: 'A transfer for everybody from the age of 65.', officers: [officers[1]!] },
    { code: 'school_meals', name: 'School Meals', description: 'A warm meal on every school day.', officers: [officers[2]!] },
    {
      code: 'drought_relief',
      name: 'Drought Relief',
      description: 'Cash for households that lost their harvest.',
      officers: [officers[0]!, officers[2]!],
    },
  ])
  return { agents, teams, programs, registrants: await registrantsOf(records, programs, chance), providers: await providersOf(records) }
}

/** Fourteen households with their members, and twenty persons who live alone. */
async function registrantsOf(records: Records, programs: readonly string[], chance: Chance) {
  const registrants: { id: string; program: string }[] = []
  let number = 400
  const register = async (name: string, more: object): Promise<string> => {
    const [program, sppRegistrant] = [chance.of(programs), `HH-${String(number++).padStart(5, '0')}`]
    const email = chance() < 0.4 ? `${name.toLowerCase().replace(/\W+/g, '.')}.${number}@mail.example` : null
    const phone = `+220 7${chance.between(100_000, 999_999)}`
    const { id } = await records.create(Partner, {
      ...places,
      name,
      email,
      phone,
      district: chance.of(districts),
      sppProgram: program,
      sppRegistrant,
      ...more,
    })
    await records.create(Enrolment, {
      registrant: id,
      program,
      since: `2023-0${chance.between(1, 9)}-01`,
      status: chance.of(['enrolled', 'enrolled', 'enrolled', 'applied', 'suspended'] as const),
    })
    registrants.push({ id, program })
    return id
  }
  for (let household = 0; household < 14; household++) {
    const family = chance.of(last)
    const group = await register(`${family} household, ${chance.of(districts)}`, { sppRegistrantType: 'group' })
    const members: string[] = []
    for (let member = 0; member < chance.between(2, 4); member++)
      members.push(await register(`${chance.of(first)} ${family}`, { sppRegistrantType: 'individual', sppGroup: group }))
    await records.update(Partner, group, { sppHead: members[0]! })
  }
  for (let alone = 0; alone < 20; alone++) await register(`${chance.of(first)} ${chance.of(last)}`, { sppRegistrantType: 'individual' })
  return registrants
}

function providersOf(records: Records): Promise<readonly string[]> {
  const names = ['Kombo Pay Points', 'River Mobile Money', 'Basse Rural Bank', 'Farafenni Health Centre', 'Kerewan Meals Cooperative']
  return records.createMany(
    Partner,
    names.map((name, at) => ({
      ...places,
      name,
      kind: 'company' as const,
      email: `desk${at}@providers.example`,
      district: districts[at]!,
    })),
  )
}
