import { data, defineModel, type Fields, list, type Model, p, search, translated } from '@tessera/core'
import { administrator, agent, customer, manager, viewer } from './roles.ts'

const fields = {
  name: p.string(),
  label: translated(),
}

/** A role that users can be given. What it may do is declared by the modules, which find it by its name. */
export interface Role extends Fields<typeof fields> {}
export const Role: Model<Role> = defineModel('role', fields, {
  title: 'label',
  code: 'name',
  icon: 'shield',
  order: { name: 'asc' },
  announced: true,
  fields: { name: { readonly: true } },
  unique: { name: { of: ['name'], else: 'There is already a role named "{name}".' } },
})

/** One row for each role of this module; a module that declares a role ships its row in the same way. */
export const roleRows = data(Role, {
  administrator: { name: administrator.name, label: administrator.label },
  manager: { name: manager.name, label: manager.label },
  agent: { name: agent.name, label: agent.label },
  viewer: { name: viewer.name, label: viewer.label },
  customer: { name: customer.name, label: customer.label },
})

export const roleViews = [list(Role, ['label', 'name']), search(Role, { texts: ['name', 'label'] })]
