import { data, defineModel, type Fields, list, type Model, p, type Role as RoleDeclared, search, translated } from '@tessera/core'
import { z } from 'zod'
import { guardRole } from './rights.ts'
import { aroundRole } from './role.checks.ts'
import { administrator, agent, customer, manager, staff, viewer } from './roles.ts'
import { RuleSet } from './rule-set.model.ts'

const fields = {
  name: p.string(),
  label: translated(),
  description: p.text().nullable(),
  staff: p.boolean().nullable(),
  includes: () => p.manyToMany(Role),
  changes: () => p.oneToMany(RuleSet).mappedBy('role'),
}

/** A role that users can be given. What it may do is declared by the modules, which find it by its name. */
export interface Role extends Fields<typeof fields> {}
export const Role: Model<Role> = defineModel('role', fields, {
  title: 'label',
  code: 'name',
  icon: 'shield',
  order: { name: 'asc' },
  announced: true,
  confirmed: true,
  fields: {
    name: {
      valid: z
        .string()
        .regex(/^[a-z][A-Za-z0-9_]*$/, 'letters, digits and _, with a small letter first')
        .max(60),
    },
    description: { help: 'Whom it is for, in a sentence.', tracked: true },
    staff: {
      label: 'Staff',
      readonly: true,
      help: 'Its module says that whoever has it works here. Whoever has a role that includes it does, too.',
    },
    includes: { label: 'Includes', help: 'Whoever has this role may also do what these may.', tracked: true },
    changes: { label: 'Local rules' },
  },
  unique: { name: { of: ['name'], else: 'There is already a role named "{name}".' } },
  around: aroundRole,
  guard: guardRole,
})

/** The row by which users can be given a declared role: `data(Role, { officer: roleRow(officer) })`. */
export function roleRow(role: RoleDeclared) {
  return { name: role.name, label: role.label, staff: worksHere(role) }
}

/** One row for each role of this module; a module that declares a role ships its row in the same way. */
export const roleRows = data(Role, {
  administrator: roleRow(administrator),
  manager: roleRow(manager),
  agent: roleRow(agent),
  viewer: roleRow(viewer),
  staff: roleRow(staff),
  customer: roleRow(customer),
})

export const roleViews = [list(Role, ['label', 'name']), search(Role, { texts: ['name', 'label'] })]

function worksHere(role: RoleDeclared): boolean {
  return role.everything || role.name === staff.name || role.implies.some(worksHere)
}
