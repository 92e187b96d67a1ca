import { data, defineModel, type Fields, list, type Model, p, search, translated } from '@tessera/core'
import { z } from 'zod'
import { guardRole } from './rights.ts'
import { aroundRole } from './role.checks.ts'
import { administrator, agent, customer, manager, staff, viewer } from './roles.ts'
import { RuleSet } from './rule-set.model.ts'

const fields = {
  name: p.string(),
  label: translated(),
  description: p.text().nullable(),
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
    includes: { label: 'Includes', help: 'Whoever has this role may also do what these may.', tracked: true },
    changes: { label: 'Local rules' },
  },
  unique: { name: { of: ['name'], else: 'There is already a role named "{name}".' } },
  around: aroundRole,
  guard: guardRole,
})

/** One row for each role of this module; a module that declares a role ships its row in the same way. */
export const roleRows = data(Role, {
  administrator: { name: administrator.name, label: administrator.label },
  manager: { name: manager.name, label: manager.label },
  agent: { name: agent.name, label: agent.label },
  viewer: { name: viewer.name, label: viewer.label },
  staff: { name: staff.name, label: staff.label },
  customer: { name: customer.name, label: customer.label },
})

export const roleViews = [list(Role, ['label', 'name']), search(Role, { texts: ['name', 'label'] })]
