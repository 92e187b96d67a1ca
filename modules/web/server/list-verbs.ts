/** What can be done from a list: with it, with the rows chosen, and when it is empty. */
import { labelOf, type ModelMeta, type Action as Verb } from '@tessera/core'
import { mayImport } from '../importing/rights.ts'
import type { Action, EmptyState, ListScreen } from '../screens.ts'
import { withQuery } from './destination.ts'
import { mayExport } from './export-rights.ts'
import { withHotkeys } from './hotkeys.ts'
import { entriesOf } from './list-state.ts'
import { prepare, type Reader } from './reader.ts'
import type { Addresses } from './search-bar.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

export function createAction({ ability, t }: Reader, model: ModelMeta, query = ''): { create?: Action } {
  if (model.appendOnly || !ability.possible('create', model)) return {}
  return { create: { label: t('web.new'), href: `/${model.path}/new${query}`, method: 'get' } }
}

/** The actions that the model has for many, and what can be done to many of any model. */
export function bulkActions(reader: Reader, model: ModelMeta): readonly Action[] {
  return prepare(reader, `bulk ${model.name}`, () => [
    ...withHotkeys(
      reader.app
        .actions(model)
        .filter((verb) => verb.bulk && verb.run !== undefined && reader.ability.possible(verb.name, model))
        .map((verb) => bulkAction(reader, model, verb)),
    ),
    ...generalActions(reader, model),
  ])
}

function generalActions(reader: Reader, model: ModelMeta): readonly Action[] {
  const { ability, t } = reader
  if (model.appendOnly) return []
  const at = (path: string, label: string, icon: string): Action => ({ label, href: `/${model.path}/${path}`, method: 'post', icon })
  return [
    ...(ability.possible('update', model) ? [{ ...at('edit', t('web.edit_many'), 'pencil'), asks: true }] : []),
    ...(archiving(reader, model)
      ? [at('archive', t('web.archive'), 'archive'), at('archive?active=true', t('web.unarchive'), 'rotate-2')]
      : []),
    ...(ability.possible('delete', model) ? [{ ...at('delete', t('web.delete'), 'trash'), asks: true, tone: 'danger' as const }] : []),
  ]
}

/** Whether records of the model are put away by a field that its readers write. */
export function archiving({ ability }: Pick<Reader, 'ability'>, model: ModelMeta): boolean {
  const field = model.fields.get('active')
  const isPlain = field?.kind === 'scalar' && field.type === 'boolean' && field.column !== undefined && field.through.length === 0
  return isPlain && !field.confirmed && !field.compute && ability.field('update', field) !== false
}

function bulkAction({ t }: Reader, model: ModelMeta, verb: Verb): Action {
  return {
    label: labelOf(verb, t),
    href: `/${model.path}/actions/${verb.name}`,
    method: 'post',
    ...(verb.icon && { icon: verb.icon }),
    ...(verb.hotkey && { hotkey: verb.hotkey }),
    ...(verb.input && { asks: true }),
  }
}

export function exportLink({ ability }: Reader, model: ModelMeta, { state, first }: Addresses): Pick<ListScreen, 'exportHref'> {
  if (!mayExport(ability, model)) return {}
  const found = entriesOf({ ...state, after: undefined, from: 1, groups: [], open: [] }, first)
  const list = withQuery('', found).slice(1)
  return { exportHref: withQuery(`/${model.path}/export/choose`, [['list', list]]) }
}

export function importLink({ ability }: Reader, model: ModelMeta): Pick<ListScreen, 'importHref'> {
  return mayImport(ability, model) ? { importHref: `/${model.path}/import` } : {}
}

export function emptyState(reader: Reader, model: ModelMeta, { state, to }: Addresses): EmptyState {
  const { t } = reader
  const noun = inSentence(modelPlural(model, t))
  const isNarrowed = state.q !== '' || state.filters.length > 0 || state.facets.size > 0 || state.where !== undefined
  if (isNarrowed) {
    const everything = to({ q: '', filters: [], facets: new Map(), where: undefined, groups: [] })
    return {
      icon: 'search',
      text: t('web.no_match', { noun }),
      hint: t('web.no_match_hint'),
      action: { label: t('web.clear_filters'), href: everything, method: 'get' },
    }
  }
  const { create } = createAction(reader, model)
  return {
    icon: model.icon ?? 'inbox',
    text: t('web.none_yet', { noun }),
    hint: t('web.none_yet_hint'),
    ...(create && {
      action: { ...create, tone: 'primary', icon: 'plus', label: t('web.create_first', { noun: inSentence(modelLabel(model, t)) }) },
    }),
  }
}
