import base from '@tessera/base'
import { defineModule, menu, type Services, show } from '@tessera/core'
import partner from '@tessera/partner'
import thread from '@tessera/thread'
import ticket, { type Closing, type Ticket } from '@tessera/ticket'
import { demoDealership } from './demo/load.ts'
import { IntakeService } from './intake/intake.service.ts'
import { intakeRoutes } from './intake/routes.ts'
import { Branch, branchViews } from './network/branch.model.ts'
import { networkLock, networkUnlock } from './network/commands.ts'
import { Company, companyViews } from './network/company.model.ts'
import { Department, DepartmentService, department, departmentService, departmentViews } from './network/department.model.ts'
import { networkSettings } from './network/lock.ts'
import { NetworkService } from './network/network.service.ts'
import { peopleViews, teamExtension, userExtension } from './network/people.ts'
import { Brand, City, Country, placeViews, Region } from './network/place.model.ts'
import { branchAgent, dealerAgent, dealerManager, distributorAgent, identitySystem, intake, roleRows } from './roles.ts'
import { rules } from './rules.ts'
import { answersAtOnce, tellFindings } from './ssc/answer.ts'
import { findingViews, RecallFinding } from './ssc/finding.model.ts'
import { lookUpRoute, ManufacturerService, RecallService } from './ssc/recalls.service.ts'
import { AuthorizedVehicle, recordViews, SscRecord } from './ssc/record.model.ts'
import { giveBack, handOver } from './ticket/actions.ts'
import { ticketExtension } from './ticket/fields.ts'
import { dealerSource, dealerStatus, dealerType, typeExtension, typePatch } from './ticket/rows.ts'
import { formPatch, ticketPatch } from './ticket/views.ts'

export type { LookUp, ManufacturerService, Recall, Said } from './ssc/recalls.service.ts'
export {
  AuthorizedVehicle,
  Branch,
  Brand,
  City,
  Company,
  Country,
  Department,
  DepartmentService,
  dealerSource,
  dealerStatus,
  dealerType,
  department,
  departmentService,
  giveBack,
  handOver,
  networkSettings,
  RecallFinding,
  Region,
  SscRecord,
}

const network = menu('Network', { icon: 'building-store' })

export default defineModule({
  name: 'dealership',
  depends: [base, partner, thread, ticket],
  models: [Country, Region, City, Brand, Department, DepartmentService, Company, Branch, AuthorizedVehicle, SscRecord, RecallFinding],
  extends: [teamExtension, userExtension, typeExtension, ticketExtension],
  roles: [distributorAgent, branchAgent, dealerAgent, dealerManager, intake, identitySystem],
  services: { network: NetworkService, manufacturer: ManufacturerService, recalls: RecallService, intake: IntakeService },
  settings: [networkSettings],
  actions: [handOver, giveBack],
  data: [roleRows, department, departmentService, dealerType, dealerStatus, dealerSource],
  views: [
    ...placeViews,
    ...departmentViews,
    ...companyViews,
    ...branchViews,
    ...peopleViews,
    ...findingViews,
    ...recordViews,
    typePatch,
    ticketPatch,
    formPatch,
  ],
  menus: [
    network,
    menu('Companies', { in: network, icon: 'building', opens: show(Company, { filter: ['active'] }) }),
    menu('Branches', { in: network, icon: 'building-store', opens: show(Branch, { filter: ['active'] }) }),
    menu('Cities', { in: network, icon: 'map-pin', opens: City }),
    menu('Services', { in: network, icon: 'tool', opens: DepartmentService }),
    menu('SSC records', { in: network, icon: 'alert-triangle', opens: SscRecord }),
    menu('Authorized vehicles', { in: network, icon: 'car', opens: AuthorizedVehicle }),
  ],
  permissions: rules,
  routes: [lookUpRoute, ...intakeRoutes],
  extras: { portal: () => import('./with-portal.ts') },
  events: [answersAtOnce],
  commands: [demoDealership, networkLock, networkUnlock],
  overrides: {
    tickets: (Tickets) =>
      class DealershipTickets extends Tickets {
        readonly #services: Services
        constructor(services: Services) {
          super(services)
          this.#services = services
        }

        /** The requester of an SSC inquiry is told what was found. */
        override async close(ticket: Ticket, closing: Closing = {}): Promise<void> {
          await tellFindings(ticket, closing, this.#services)
          await super.close(ticket, closing)
        }
      },
  },
})
