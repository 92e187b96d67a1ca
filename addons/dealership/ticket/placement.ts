import { Team, User } from '@tessera/base'
import { type Model, type Services, type Traits, UserError } from '@tessera/core'
import type { Ticket } from '@tessera/ticket'
import { Branch } from '../network/branch.model.ts'
import { DepartmentService } from '../network/department.model.ts'
import { assignsAnywhere, branchAgent, dealerAgent } from '../roles.ts'
import { plainVin } from './vin.ts'

/** Where a ticket lies in the network, by id. */
interface Place {
  readonly company: string | null
  readonly branch: string | null
  readonly team: string | null
  readonly assignee: string | null
}
type Written = { readonly [K in keyof Place]: boolean }

/**
 * Keeps a ticket in one place, whoever moves it by whichever door: what is set below says what stands above it (a branch its company,
 * a team its branch), what no longer fits below is taken away, and what contradicts is refused. A branch must offer what the type needs.
 */
export const placed: NonNullable<Traits<Ticket>['around']> = {
  async create(draft, next, services) {
    const own = {
      ...draft,
      ...(typeof draft.dealerVin === 'string' && { dealerVin: plainVin(draft.dealerVin) }),
      ...homeOf(draft, services),
    }
    const place = await settled(nowhere, own, services)
    await refuseWithoutService(place.branch, idOf(own.type), services)
    return next({ ...own, ...asChanges(place, nowhere) })
  },
  async update(ticket, changes, next, services) {
    const own = { ...changes, ...(typeof changes.dealerVin === 'string' && { dealerVin: plainVin(changes.dealerVin) }) }
    const before = placeOf(ticket)
    const place = await settled(before, own, services)
    if (place.branch !== before.branch || own.type !== undefined)
      await refuseWithoutService(place.branch, idOf(own.type) ?? ticket.type.id, services)
    await next({ ...own, ...asChanges(place, before) })
  },
}

const nowhere: Place = { company: null, branch: null, team: null, assignee: null }

function placeOf({ dealerCompany, dealerBranch, team, assignee }: Ticket): Place {
  return { company: dealerCompany?.id ?? null, branch: dealerBranch?.id ?? null, team: team?.id ?? null, assignee: assignee?.id ?? null }
}

interface Placing {
  readonly dealerCompany?: unknown
  readonly dealerBranch?: unknown
  readonly team?: unknown
  readonly assignee?: unknown
}

/** What a dealer's staff file themselves stays with them: an agent's with his company, a branch agent's with his branch. */
function homeOf(draft: Placing, { context }: Services): { readonly dealerCompany?: string; readonly dealerBranch?: string } {
  const { ability, me } = context.caller
  if (!ability.has(branchAgent) || ability.may(assignsAnywhere) || typeof me.companyId !== 'string') return {}
  if (idOf(draft.dealerCompany) || idOf(draft.dealerBranch) || idOf(draft.team)) return {}
  if (ability.has(dealerAgent)) return { dealerCompany: me.companyId }
  return typeof me.branchId === 'string' ? { dealerBranch: me.branchId } : {}
}

async function settled(before: Place, changes: Placing, services: Services): Promise<Place> {
  const wrote: Written = {
    company: changes.dealerCompany !== undefined,
    branch: changes.dealerBranch !== undefined,
    team: changes.team !== undefined,
    assignee: changes.assignee !== undefined,
  }
  if (!wrote.company && !wrote.branch && !wrote.team && !wrote.assignee) return before
  const asked: Place = {
    company: wrote.company ? idOf(changes.dealerCompany) : before.company,
    branch: wrote.branch ? idOf(changes.dealerBranch) : before.branch,
    team: wrote.team ? idOf(changes.team) : before.team,
    assignee: wrote.assignee ? idOf(changes.assignee) : before.assignee,
  }
  const known = await knownOf(asked, services)
  return consistent(droppedBelow(filledAbove(asked, wrote, known), wrote, known), known)
}

interface Known {
  readonly branch: Branch | null
  readonly team: Team | null
  readonly assignee: User | null
}
async function knownOf({ branch, team, assignee }: Place, services: Services): Promise<Known> {
  const all = services.asSystem('A ticket lies in one place of the network, whoever moves it and whatever of the network he may see.')
  return {
    branch: branch ? await all.get(Branch, branch) : null,
    team: team ? await all.get(Team, team) : null,
    assignee: assignee ? await all.get(User, assignee) : null,
  }
}

/** A team says its branch and company, a branch its company, a person the company of a ticket that nobody has. */
function filledAbove(asked: Place, wrote: Written, { branch, team, assignee }: Known): Place {
  let place = asked
  if (wrote.team && team?.company) {
    if (!wrote.branch) place = { ...place, branch: team.branch?.id ?? null }
    if (!wrote.company) place = { ...place, company: team.company.id }
  }
  if (wrote.branch && branch && !wrote.company) place = { ...place, company: branch.company.id }
  if (wrote.assignee && assignee?.company && !place.company && !wrote.company) place = { ...place, company: assignee.company.id }
  return place
}

/** Who is named above without the rest: what lay below of another company or branch does not come along. */
function droppedBelow(asked: Place, wrote: Written, { branch, team, assignee }: Known): Place {
  let place = asked
  if (wrote.company && !wrote.branch && place.branch === branch?.id && branch?.company.id !== place.company)
    place = { ...place, branch: null }
  if (!wrote.team && team?.company) {
    const isElsewhere = team.company.id !== place.company || (wrote.branch && (team.branch?.id ?? null) !== place.branch)
    if (isElsewhere) place = { ...place, team: null }
  }
  if (!wrote.assignee && assignee?.company) {
    const isElsewhere = assignee.company.id !== place.company || (place.branch !== null && assignee.branch?.id !== place.branch)
    if (isElsewhere) place = { ...place, assignee: null }
  }
  return place
}

function consistent(place: Place, { branch, team, assignee }: Known): Place {
  if (branch && place.branch === branch.id && branch.company.id !== place.company)
    throw refused(
      'dealerBranch',
      'dealership.other_company',
      '"{name}" is a branch of another company. Choose a branch of the ticket\'s company.',
      branch,
    )
  if (team?.company && place.team === team.id) {
    if (team.company.id !== place.company)
      throw refused(
        'team',
        'dealership.team_of_other_company',
        '"{name}" is a team of another company. Choose a team of the ticket\'s company.',
        team,
      )
    if (team.branch && team.branch.id !== place.branch)
      throw refused(
        'team',
        'dealership.team_of_other_branch',
        '"{name}" is a team of another branch. Choose that branch too, or another team.',
        team,
      )
  }
  if (assignee?.company && place.assignee === assignee.id && place.company && assignee.company.id !== place.company)
    throw refused(
      'assignee',
      'dealership.works_elsewhere',
      '{name} works for another company. Hand the ticket over to that company first.',
      assignee,
    )
  return place
}

async function refuseWithoutService(branch: string | null, type: string | null, services: Services): Promise<void> {
  if (!branch || !type) return
  const all = services.asSystem('What a branch offers is a fact, whatever of the network the caller may see.')
  const { rows: needed } = await all.query(DepartmentService, { fields: ['name', 'department'], where: { types: { id: type } } })
  if (needed.length === 0) return
  const offered = await all.count(Branch, { where: { id: branch, services: { id: { $in: needed.map(({ id }) => id) } } } })
  if (offered > 0) return
  const { name } = await all.get(Branch, branch, ['name'])
  // A team may bring along a branch that the caller knows nothing of.
  if (!(await maySee(Branch, branch, services)))
    throw refused('dealerBranch', 'dealership.not_offered_there', 'What this ticket needs is not offered there. Choose another place.', {})
  const service = [...new Set(needed.map((each) => each.name))].join(', ')
  throw refused('dealerBranch', 'dealership.not_offered', 'The branch "{name}" does not offer {service}. Choose one that does.', {
    name,
    service,
  })
}

async function maySee(model: Model, id: string, { app, context, records }: Services): Promise<boolean> {
  return context.caller.ability.possible('read', app.models.of(model)) && (await records.count(model, { where: { id } })) > 0
}

/** One sentence, at the field that it is about. */
function refused(field: string, code: string, text: string, values: { readonly name?: string; readonly service?: string }): UserError {
  const said = { name: values.name, service: values.service }
  return new UserError(code, text, said, { errors: [{ field, code, text, values: said }] })
}

function asChanges(place: Place, before: Place) {
  return {
    ...(place.company !== before.company && { dealerCompany: place.company }),
    ...(place.branch !== before.branch && { dealerBranch: place.branch }),
    ...(place.team !== before.team && { team: place.team }),
    ...(place.assignee !== before.assignee && { assignee: place.assignee }),
  }
}

/** A relation as it is written: by id, or as the record. */
function idOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value
  return typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : null
}
