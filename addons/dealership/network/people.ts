import { Team, User } from '@tessera/base'
import { extend, type Fields, given, p, patch } from '@tessera/core'
import { TicketSource } from '@tessera/ticket'
import { Branch } from './branch.model.ts'
import { Company } from './company.model.ts'
import { keptByIdentitySystem, refuseWhileLocked } from './lock.ts'

const teamFields = {
  company: () => p.manyToOne(Company).nullable(),
  branch: () => p.manyToOne(Branch).nullable(),
  identityId: p.string().nullable(),
}
const userFields = {
  branch: () => p.manyToOne(Branch).nullable(),
  company: () => p.manyToOne(Company).nullable(),
  identityId: p.string().nullable(),
  intakeSource: () => p.manyToOne(TicketSource).nullable(),
}
declare module '@tessera/base' {
  interface Team extends Fields<typeof teamFields> {}
  interface User extends Fields<typeof userFields> {}
}
declare module '@tessera/core' {
  interface Me {
    /** The company and the branch that the user works for. */
    companyId: string
    branchId: string
  }
}

const identityId = { label: 'Id in the Identity System', help: 'An import finds it by this: --id identityId=identityId.' }

/** A team belongs to a branch, to a company as a whole, or to nobody of the network. */
export const teamExtension = extend(Team, teamFields, {
  fields: {
    company: { tracked: true, suggest: given(['branch.company'], ({ branch }) => branch?.company) },
    branch: { tracked: true, where: { active: true } },
    identityId,
  },
  checks: {
    branch_of_company: {
      holds: given(['company', 'branch.company'], ({ company, branch }) => !branch || branch.company.id === company?.id),
      else: 'The branch of the team "{name}" belongs to another company. Choose a branch of {company}.',
    },
  },
  unique: { identity_id: { of: ['identityId'], else: 'There is already a team {identityId} of the Identity System.' } },
  around: keptByIdentitySystem('teams'),
})

const keptOfUsers = ['branch', 'teams', 'identityId'] as const

/** A user belongs to a branch, and so to its company. */
export const userExtension = extend(User, userFields, {
  fields: {
    branch: { tracked: true, where: { active: true } },
    company: { compute: given(['branch.company'], ({ branch }) => branch?.company), help: 'The company of the branch.' },
    identityId,
    intakeSource: { label: 'Source of its tickets', help: 'For an external system: where the tickets come from that it files.' },
  },
  unique: { identity_id: { of: ['identityId'], else: 'There is already a user {identityId} of the Identity System.' } },
  around: {
    async create(draft, next, services) {
      if (draft.branch || draft.identityId) await refuseWhileLocked(services, 'users of branches')
      return next(draft)
    },
    async update(_, changes, next, services) {
      if (keptOfUsers.some((name) => changes[name] !== undefined)) await refuseWhileLocked(services, 'users of branches')
      await next(changes)
    },
  },
})

export const peopleViews = [
  patch(Team, {
    form: { after: 'leader', insert: ['company', 'branch', 'identityId'] },
    list: { after: 'leader', insert: ['company', 'branch'] },
    search: { groups: ['company', 'branch'], facets: ['company', 'branch'] },
  }),
  patch(User, {
    form: { after: 'email', insert: ['branch', { field: 'company', readonly: true }, 'identityId', 'intakeSource'] },
    list: { after: 'email', insert: ['company', 'branch'] },
    search: { groups: ['company', 'branch'], facets: ['company', 'branch'] },
  }),
]
