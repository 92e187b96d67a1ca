import { defineModel, type Fields, type Model, p } from '@tessera/core'
import { z } from 'zod'
import { guardUser } from './rights.ts'
import { Role } from './role.model.ts'
import { Team } from './team.model.ts'

const fields = {
  name: p.string(),
  email: p.string(),
  passwordHash: p.string().nullable(),
  active: p.boolean().default(true),
  language: p.string().nullable(),
  zone: p.string().nullable(),
  roles: () => p.manyToMany(Role),
  teams: () => p.manyToMany(Team).mappedBy('members'),
  lastSignInAt: p.datetime().nullable(),
  invitedAt: p.datetime().nullable(),
  secondFactor: p.boolean().default(false),
  staff: p.boolean().persist(false),
}

/** Somebody who signs in: staff and customers alike. */
export interface User extends Fields<typeof fields> {}
export const User: Model<User> = defineModel('user', fields, {
  title: 'name',
  icon: 'user',
  order: { name: 'asc' },
  actor: true,
  announced: { but: ['lastSignInAt'] },
  fields: {
    name: { valid: z.string().min(1).max(200), tracked: true },
    // Also one's own: whoever sits down at an open browser must not turn the account into his.
    email: { valid: z.email(), tracked: true, confirmed: true },
    passwordHash: { only: [] },
    active: { tracked: true, confirmed: true, help: 'Somebody who is not active cannot sign in.' },
    language: { valid: z.string().max(35).refine(isLanguage), help: 'A language code, for example en or fr.' },
    zone: { label: 'Time zone', valid: z.string().refine(isZone), help: 'For example Europe/Paris.' },
    roles: { tracked: true, confirmed: true },
    lastSignInAt: { label: 'Last sign-in', readonly: true },
    invitedAt: { label: 'Invited', readonly: true, help: 'When an invitation was sent last.' },
    staff: { help: 'Works here: has a role of the staff, not only that of a customer.', sql: ({ id }) => holdsStaffRole(id) },
    secondFactor: { readonly: true, help: 'Signs in with a code of an app besides.' },
  },
  unique: { email: { of: ['email'], else: 'There is already a user with the email address {email}.' } },
  guard: guardUser,
  around: {
    // One person, one account, however the address is typed.
    create: (draft, next) => next({ ...draft, email: draft.email.toLowerCase() }),
    update: (_, changes, next) => next(changes.email ? { ...changes, email: changes.email.toLowerCase() } : changes),
  },
})

/** A role that is the staff's, or one that includes such a role. */
function holdsStaffRole(user: string): string {
  const roles = `with recursive works(id) as (
    select id from role where staff union select role_id from role_includes join works on includes_id = works.id
  ) select id from works`
  return `exists (select 1 from user_roles held where held.user_id = ${user} and held.role_id in (${roles}))`
}

/** Of the form that is also written into SQL, and one that every browser and `Intl` takes. */
function isLanguage(language: string): boolean {
  return /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) && isTaken(() => Intl.getCanonicalLocales(language))
}

/** Whether it names a time zone. */
export function isZone(zone: string): boolean {
  return isTaken(() => new Intl.DateTimeFormat('en', { timeZone: zone }))
}

function isTaken(use: () => unknown): boolean {
  try {
    use()
    return true
  } catch {
    return false
  }
}
