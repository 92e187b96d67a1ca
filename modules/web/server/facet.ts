import { BadRequest, choiceOfAny, type ModelMeta, type Reply, type Request, readableField } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done, ownPath } from './answer.ts'
import { textIn, typedIn } from './body.ts'
import { choicesFor } from './choices.ts'
import { queryOf } from './destination.ts'
import { readState } from './list-state.ts'
import type { Reader } from './reader.ts'
import { addressesOf } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelPlural, optionLabel, pathLabel } from './words.ts'

/** The page on which the values of a facet are chosen that has too many for a menu. */
export async function facetScreen(reader: Reader, request: Request, model: ModelMeta): Promise<ConfirmScreen> {
  const { t } = reader
  const path = request.query.get('field') ?? ''
  const field = readableField(reader.ability, model, path)
  if (!field) throw new BadRequest('web.no_options', '"{field}" offers no records.', { field: path })
  const back = ownPath(request.query.get('back'), `/${model.path}`)
  const chosen = readState(queryOf(back), reader.app.screens(model)).facets.get(path) ?? []
  const { rows, more } = field.kind === 'scalar' ? { rows: [], more: false } : await choicesFor(reader, field.target, choiceOfAny(field))
  const options =
    field.kind === 'scalar'
      ? (field.values ?? []).map((value) => ({ value, label: optionLabel(field, value, t) }))
      : rows.map(({ id, label }) => ({ value: id, label: label ?? '' }))
  const label = pathLabel(model, path, t)
  const noun = inSentence(modelPlural(model, t))
  return {
    shell: await shellOf(reader, request, model.path),
    title: t('web.filter_by', { name: label }),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    text: t('web.filter_by_text', { noun }),
    action: `/${model.path}/choose`,
    values: [
      { name: 'field', value: path },
      { name: 'back', value: back },
    ],
    fields: more
      ? [{ kind: 'relation', name: 'value', label, value: chosen[0] ?? '', options, search: `/${model.path}/options?field=${path}` }]
      : [{ kind: 'tags', name: 'value', label, options: options.map((option) => ({ ...option, chosen: chosen.includes(option.value) })) }],
    confirm: { label: t('web.filter'), danger: false },
    cancel: back,
  }
}

/** Back to the list, narrowed to what was chosen. */
export function chooseFacet(reader: Reader, request: Request, model: ModelMeta): Reply {
  const path = textIn(request, 'field') ?? ''
  const values = (typedIn(request).get('value') ?? []).filter(Boolean)
  const screens = reader.app.screens(model)
  const state = readState(queryOf(ownPath(textIn(request, 'back'), `/${model.path}`)), screens)
  const others = [...state.facets].filter(([other]) => other !== path)
  const facets = new Map(values.length > 0 ? [...others, [path, values] as const] : others)
  return done(request, addressesOf(model, screens, state).to({ facets }))
}
