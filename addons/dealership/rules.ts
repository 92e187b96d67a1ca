import { customer, Team, User, viewer } from '@tessera/base'
import { me, type Verb } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import {
  asked,
  assign,
  close,
  merge,
  move,
  note,
  reopen,
  reply,
  Ticket,
  TicketPriority,
  TicketSource,
  TicketStatus,
  TicketTag,
  TicketType,
  unmerge,
} from '@tessera/ticket'
import { Branch } from './network/branch.model.ts'
import { Company } from './network/company.model.ts'
import { Department, DepartmentService } from './network/department.model.ts'
import { Brand, City, Country, Region } from './network/place.model.ts'
import {
  assignsAnywhere,
  branchAgent,
  dealerAgent,
  dealerManager,
  distributorAgent,
  identitySystem,
  intake,
  looksUpRecalls,
} from './roles.ts'
import { RecallFinding } from './ssc/finding.model.ts'
import { AuthorizedVehicle, SscRecord } from './ssc/record.model.ts'
import { giveBack, handOver } from './ticket/actions.ts'

const write: readonly Verb[] = ['create', 'update', 'delete']
const works = ['read', 'update', assign, close, move, reopen, reply, note, merge, unmerge, handOver] as const
const places = [Country, Region, City, Brand, Department, DepartmentService]
const desk = [TicketType, TicketPriority, TicketStatus, TicketSource, TicketTag]
const ofCompany = { dealerCompany: me.companyId }
const ofBranch = { dealerBranch: me.branchId }
const ofTeams = { team: me.teamIds }
/** What a dealer may correct of a customer whom other companies serve too. */
const ofPerson = ['name', 'kind', 'language', 'street', 'city', 'postcode', 'district', 'country'] as const

export const rules = [
  // The network is read by all who work in it; a dealer sees his own company, and customers what they can choose from.
  ...[...places, Company, Branch].flatMap((model) => [
    viewer.can('read', model),
    distributorAgent.can(write, model),
    identitySystem.can(['read', ...write], model),
  ]),
  ...[...places, ...desk].map((model) => branchAgent.can('read', model)),
  ...places.map((model) => customer.can('read', model)),
  customer.can('read', Company, { active: true }, ['code', 'name', 'kind']),
  customer.can('read', Branch, { active: true }, ['code', 'name', 'company', 'city', 'street', 'phone', 'email', 'services']),
  branchAgent.can('read', Company, { id: me.companyId }),
  branchAgent.can('read', Branch, { id: me.branchId }),
  dealerAgent.can('read', Branch, { company: me.companyId }),
  branchAgent.can('read', Team, { branch: me.branchId }),
  branchAgent.can('read', Team, { id: me.teamIds }),
  dealerAgent.can('read', Team, { company: me.companyId }),
  dealerManager.can(['create', 'update'], Team, { company: me.companyId }),
  branchAgent.can('read', User, { branch: me.branchId }, ['name', 'staff', 'branch', 'company']),
  branchAgent.can('read', User, { branch: me.branchId, staff: true }, ['email', 'active', 'teams']),
  branchAgent.can('read', User, { id: me.id }),
  branchAgent.can('update', User, { id: me.id }, ['name', 'language', 'zone']),
  dealerAgent.can('read', User, { company: me.companyId }, ['name', 'staff', 'branch', 'company']),
  dealerAgent.can('read', User, { company: me.companyId, staff: true }, ['email', 'active', 'teams']),

  // The tickets: the distributor's staff all of them, a dealer's those of the company, a branch's those of the branch.
  distributorAgent.can([...works, giveBack], Ticket),
  distributorAgent.may(assignsAnywhere),
  branchAgent.can(['create', ...works], Ticket, ofBranch),
  branchAgent.can(works, Ticket, ofTeams),
  dealerAgent.can(['create', ...works], Ticket, ofCompany),
  dealerManager.can([giveBack], Ticket, ofCompany),
  branchAgent.can('read', Message),
  ...[viewer, branchAgent].map((role) => role.can('read', RecallFinding)),
  ...[distributorAgent, branchAgent].map((role) => role.can(write, RecallFinding)),
  customer.can('read', RecallFinding, { ticket: { $and: [asked, { closedAt: { $ne: null } }] } }, [
    'code',
    'description',
    'repaired',
    'ticket',
  ]),

  // Whoever has a ticket is seen with it, and whom one has just written down.
  // His address stays as it is: mails about his tickets at other companies go there too, and an invitation to the portal.
  ...[{ tickets: ofBranch }, { tickets: ofTeams }].flatMap((his) => [
    branchAgent.can('read', Partner, his),
    branchAgent.can('update', Partner, his, ofPerson),
  ]),
  branchAgent.can(['create', 'read', 'update'], Partner, { createdBy: me.id }),
  dealerAgent.can('read', Partner, { tickets: ofCompany }),
  dealerAgent.can('update', Partner, { tickets: ofCompany }, ofPerson),

  viewer.can('read', AuthorizedVehicle),
  viewer.can('read', SscRecord),
  distributorAgent.can(write, AuthorizedVehicle),
  distributorAgent.can(write, SscRecord),
  ...[viewer, branchAgent, customer, intake].map((role) => role.may(looksUpRecalls)),

  identitySystem.can(['read', ...write], Team),
  // It opens accounts without a role and never changes an address: whose it is signs in.
  identitySystem.can(['create', 'read'], User, {}, [
    'name',
    'email',
    'active',
    'language',
    'zone',
    'branch',
    'company',
    'teams',
    'identityId',
  ]),
  identitySystem.can('update', User, {}, ['name', 'active', 'language', 'zone', 'branch', 'identityId']),
]
