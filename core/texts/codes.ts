/** The codes by which catalogues name what modules declare. */
import type { Permission, Role } from '../access/role.ts'
import type { Action } from '../action/action.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import type { Of } from '../module/composition.ts'
import type { Command, Route, Settings } from '../module/module.ts'
import type { Card } from '../view/card.ts'
import type { Menu } from '../view/destination.ts'

/** What has a label of its own. */
export type Labelled =
  | ModelMeta
  | FieldMeta
  | Action
  | Role
  | Permission
  | Of<Menu>
  | Of<Card>
  | Of<Settings<unknown>>
  | Of<Pick<Route, 'kind' | 'at'>>
  | Of<Pick<Command<unknown>, 'kind' | 'name'>>

/**
 * `ticket.model`, `ticket.field.dueAt`, `ticket.action.close`, `access.role.agent`, `access.permission.ticket.lookup`, `menu.ticket.types`,
 * `card.ticket.open`, `settings.base.attachments`, `route.web.get-search`, `command.base.role-list`.
 */
export function codeOf(thing: Labelled): string {
  if ('permission' in thing) return `access.permission.${thing.permission}`
  if ('implies' in thing) return `access.role.${thing.name}`
  if ('table' in thing) return `${thing.name}.model`
  if (thing.kind === 'menu' || thing.kind === 'settings' || thing.kind === 'card')
    return `${thing.kind}.${thing.module}.${slugOf(thing.label)}`
  if (thing.kind === 'route') return `route.${thing.module}.${slugOf(thing.at)}`
  if (thing.kind === 'command') return `command.${thing.module}.${slugOf(thing.name)}`
  return `${thing.model.name}.${thing.kind === 'action' ? 'action' : 'field'}.${thing.name}`
}

/** `ticket.plural`. */
export const pluralCode = (model: ModelMeta): string => `${model.name}.plural`
/** `ticket.field.dueAt.help`. */
export const helpCode = (thing: FieldMeta | Action): string => `${codeOf(thing)}.help`
/** What is said where an action does not make sense: `ticket.action.merge.otherwise`. */
export const otherwiseCode = (action: Action): string => `${codeOf(action)}.otherwise`
/** One value of some settings: `settings.base.attachments.most`; what it means stands behind it as `.help`. */
export const settingCode = (of: Of<Settings<unknown>>, name: string): string => `${codeOf(of)}.${name}`
/** One value of an enum: `ticket.field.priority.low`. */
export const optionCode = (field: FieldMeta, value: string): string => `${codeOf(field)}.${value}`
/** `ticket.filter.open`. */
export const filterCode = (model: ModelMeta, name: string): string => `${model.name}.filter.${name}`
/** What a search groups by, a date with its grain: `ticket.grouping.createdAt:month`. */
export const groupingCode = (model: ModelMeta, grouping: string): string => `${model.name}.grouping.${grouping}`
/** A group or a tab of a form: `ticket.group.customer`. */
export const groupCode = (model: ModelMeta, name: string): string => `${model.name}.group.${name}`
/** A field that a view calls by another name than its model does: `ticket.form.subject`. */
export const shownCode = (model: ModelMeta, kind: 'form' | 'list' | 'kanban' | 'calendar', path: string): string =>
  `${model.name}.${kind}.${path}`
/** A smart button that has a label of its own: `partner.link.tickets`. */
export const linkCode = (model: ModelMeta, name: string): string => `${model.name}.link.${name}`
/** The sentence of a check or a unique: `ticket.due_before_opened`. */
export const sentenceCode = (model: ModelMeta, name: string): string => `${model.name}.${name}`

/** The label in the reader's language; `text` is a translator for him, such as `services.text`. */
export function labelOf(thing: Labelled, text: (code: string) => string): string {
  return text(codeOf(thing))
}

function slugOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
