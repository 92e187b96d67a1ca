import { manager, Role, staff } from '@tessera/base'
import { type CardKind, defineModel, type Fields, type Model, me, p } from '@tessera/core'
import { z } from 'zod'

const keptCard = z.object({
  /** Of a shipped one the code of its name, so that it is known again. */
  id: z.string(),
  /** Null for what its module calls it. */
  name: z.string().nullable(),
  /** The name of the model, which may be gone. */
  model: z.string(),
  /** The parameters of the view that it came from. */
  address: z.string(),
  as: z.enum(['number', 'list', 'graph', 'pivot']) satisfies z.ZodType<CardKind>,
  /** The date that lies within the range of the page; null for a card that always shows all. */
  dated: z.string().nullable(),
  /** In quarters of the page. */
  width: z.literal([1, 2, 3, 4]),
})
/** A card as its owner keeps it, or as a module ships it. */
export type KeptCard = Readonly<z.infer<typeof keptCard>>

const fields = {
  cards: p.json().$type<readonly KeptCard[]>(),
}

/** How one user has arranged his dashboard; without one he sees what the modules ship. */
export interface Dashboard extends Fields<typeof fields> {}
export const Dashboard: Model<Dashboard> = defineModel('dashboard', fields, {
  title: 'id',
  exposed: false,
  extensible: false,
  fields: { cards: { valid: z.array(keptCard), help: 'In their order.' } },
  unique: { owner: { of: ['createdBy'], else: 'You have a dashboard already.' } },
})

const sharedFields = {
  role: () => p.manyToOne(Role),
  cards: p.json().$type<readonly KeptCard[]>(),
}

/** With which cards those begin who have a role and have arranged none themselves. */
export interface SharedDashboard extends Fields<typeof sharedFields> {}
export const SharedDashboard: Model<SharedDashboard> = defineModel('sharedDashboard', sharedFields, {
  title: 'id',
  exposed: false,
  extensible: false,
  fields: { cards: { valid: z.array(keptCard), help: 'In their order.' } },
  unique: { role: { of: ['role'], else: 'This role has a shared dashboard already.' } },
})

export const dashboardRules = [
  staff.can(['create', 'read', 'update', 'delete'], Dashboard, { createdBy: me.id }),
  // What concerns everybody who has a role is for those who answer for others.
  manager.can(['create', 'read', 'update', 'delete'], SharedDashboard),
]
