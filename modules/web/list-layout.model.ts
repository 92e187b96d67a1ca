import { staff } from '@tessera/base'
import { defineModel, type Fields, type Model, me, p } from '@tessera/core'
import { SavedView } from './saved-view.model.ts'

/** A column that somebody chose, and how wide he drew it. */
export interface ChosenColumn {
  readonly field: string
  readonly width?: number
}

const fields = {
  model: p.string(),
  columns: p.json().$type<readonly ChosenColumn[]>().nullable(),
  start: () => p.manyToOne(SavedView).nullable(),
}

/** How one user has the lists of one model: which columns in which order, and the saved view with which they open. */
export interface ListLayout extends Fields<typeof fields> {}
export const ListLayout: Model<ListLayout> = defineModel('listLayout', fields, {
  title: 'model',
  exposed: false,
  extensible: false,
  fields: {
    columns: { help: 'In their order; empty for those that the list declares.' },
    start: { help: 'Opened where the menu leads to the list.' },
  },
  unique: { model: { of: ['createdBy', 'model'], else: 'The layout of this list is kept already.' } },
})

export const listLayoutRules = [staff.can(['create', 'read', 'update', 'delete'], ListLayout, { createdBy: me.id })]
