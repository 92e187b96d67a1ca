import { manager, Role, staff } from '@tessera/base'
import { defineModel, type Fields, type Model, me, p } from '@tessera/core'
import { z } from 'zod'

const fields = {
  name: p.string(),
  model: p.string(),
  address: p.text().nullable(),
  counted: p.boolean().default(false),
  role: () => p.manyToOne(Role).nullable(),
}

/**
 * A list, board or other view as somebody left it, under a name: the query of its address. It is its maker's; with a role, it is also
 * that of everybody who has the role.
 */
export interface SavedView extends Fields<typeof fields> {}
export const SavedView: Model<SavedView> = defineModel('savedView', fields, {
  title: 'name',
  icon: 'star',
  order: { name: 'asc' },
  exposed: false,
  extensible: false,
  fields: {
    name: { valid: z.string().trim().min(1).max(80) },
    address: { valid: z.string().max(8_000), help: 'Empty for the list as it is declared.' },
    counted: { help: 'It stands in the sidebar, with the number of its records.' },
    role: { help: 'Everybody who has the role sees it, too.' },
  },
  unique: { name: { of: ['createdBy', 'model', 'name'], else: 'You have a view named "{name}" here already.' } },
})

const own = { createdBy: me.id }
export const savedViewRules = [
  staff.can(['create', 'read', 'update', 'delete'], SavedView, own, ['name', 'model', 'address', 'counted']),
  // What concerns everybody who has a role is for those who answer for others.
  manager.can(['create', 'read', 'update', 'delete'], SavedView, own),
  manager.can(['read', 'update', 'delete'], SavedView, { role: { $ne: null } }),
]
