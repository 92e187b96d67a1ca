import { User } from '@tessera/base'
import { defineModel, type Fields, form, kanban, list, type Model, me, p, search } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { z } from 'zod'

const fields = {
  code: p.string(),
  name: p.string(),
  description: p.text().nullable(),
  active: p.boolean().default(true),
  officers: () => p.manyToMany(User),
  enrolments: () => p.oneToMany(Enrolment).mappedBy('program'),
  enrolled: p.integer().persist(false),
  tickets: () => p.oneToMany(Ticket).mappedBy('sppProgram'),
  openTickets: p.integer().persist(false),
  openComplaints: p.integer().persist(false),
}

/** What a social protection programme gives to whom: a grant, a pension, meals at school. Its officers work on its tickets. */
export interface Program extends Fields<typeof fields> {}
export const Program: Model<Program> = defineModel('program', fields, {
  title: 'name',
  code: 'code',
  icon: 'heart-handshake',
  order: { name: 'asc' },
  fields: {
    code: { valid: z.string().regex(/^[a-z0-9_-]+$/, 'small letters, digits, - and _ are allowed'), tracked: true },
    name: { tracked: true },
    active: { tracked: true },
    officers: {
      where: { active: true, staff: true },
      tracked: true,
      help: 'They see and work on the tickets and registrants of this program.',
    },
    enrolled: { label: 'Enrolled', count: { of: 'enrolments', where: { status: 'enrolled' } } },
    openTickets: { count: { of: 'tickets', where: { closedAt: null } } },
    openComplaints: { count: { of: 'tickets', where: { closedAt: null, type: { code: 'complaint' } } } },
  },
  unique: { code: { of: ['code'], else: 'There is already a program with the code "{code}".' } },
})

const enrolmentFields = {
  registrant: () => p.manyToOne(Partner),
  program: () => p.manyToOne(Program),
  status: p.enum(['applied', 'enrolled', 'suspended', 'left']).default('enrolled'),
  since: p.date().nullable(),
  until: p.date().nullable(),
}

/** That a registrant takes part in a program. */
export interface Enrolment extends Fields<typeof enrolmentFields> {}
export const Enrolment: Model<Enrolment> = defineModel('enrolment', enrolmentFields, {
  icon: 'id',
  order: { since: 'desc' },
  fields: {
    registrant: { where: { sppRegistrantType: { $ne: null } }, tracked: true },
    program: { where: { active: true }, tracked: true },
    status: { options: { applied: 'Applied', enrolled: 'Enrolled', suspended: 'Suspended', left: 'Left' }, tracked: true },
    until: { tracked: true },
  },
  checks: {
    left_at: {
      holds: { $or: [{ status: { $ne: 'left' } }, { until: { $ne: null } }] },
      else: 'An enrolment that was left says until when it lasted.',
    },
  },
  // Once at a time in each program; whoever left may come back.
  ddl: {
    once: {
      up: `create unique index enrolment_once on enrolment (registrant_id, program_id) where status <> 'left'`,
      down: 'drop index enrolment_once',
    },
  },
})

export const programViews = [
  list(
    Program,
    [
      'name',
      'code',
      { field: 'officers', as: 'tags' },
      'enrolled',
      'openTickets',
      'openComplaints',
      { field: 'active', optional: 'hidden' },
    ],
    {
      filter: ['active'],
      tones: { muted: { active: false } },
    },
  ),
  form(
    Program,
    [
      'name',
      { group: 'about', of: ['code', 'active', { field: 'officers', as: 'tags' }, { field: 'description', wide: true }] },
      { tab: 'registrants', of: [{ field: 'enrolments', list: ['registrant', 'status', 'since', 'until'] }] },
    ],
    {
      links: [
        { link: 'tickets', label: 'Open tickets', icon: 'ticket', where: { closedAt: null } },
        { link: 'enrolments', label: 'Enrolments', icon: 'id' },
      ],
    },
  ),
  search(Program, {
    texts: ['name', 'code'],
    filters: { active: { active: true }, archived: { active: false }, myPrograms: { officers: { id: me.id } } },
    facets: ['officers'],
  }),
  list(Enrolment, ['registrant', 'program', { field: 'status', as: 'badge' }, 'since', 'until']),
  kanban(Enrolment, { by: 'status', card: ['registrant', 'program', 'since'] }),
  search(Enrolment, { texts: ['registrant.name', 'program.name'], groups: ['program', 'status'], facets: ['program', 'status'] }),
]
