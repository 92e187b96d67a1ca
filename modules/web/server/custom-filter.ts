/** The page on which a condition is put together by which a list is narrowed. */
import type { ModelMeta, Reply, Request } from '@tessera/core'
import { filterBuilder, readFilter } from '../builder/builder.ts'
import type { ConfirmScreen } from '../screens.ts'
import { done, ownPath, show } from './answer.ts'
import { textIn, typedIn } from './body.ts'
import { queryOf } from './destination.ts'
import { jsonWhere, readState } from './list-state.ts'
import type { Reader } from './reader.ts'
import { addressesOf } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelPlural } from './words.ts'

export async function filterScreen(reader: Reader, request: Request, model: ModelMeta): Promise<ConfirmScreen> {
  const { t, services } = reader
  const sent = request.method === 'POST'
  const back = ownPath(sent ? textIn(request, 'back') : request.query.get('back'), `/${model.path}`)
  const state = readState(queryOf(back), reader.app.screens(model))
  const label = t('web.custom_filter')
  const { html } = await filterBuilder(services, model, {
    name,
    label,
    where: state.where === undefined ? undefined : jsonWhere(state.where),
    placeholders: true,
    ...(sent && { request }),
  })
  return {
    shell: await shellOf(reader, request, model.path),
    title: label,
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    text: t('web.custom_filter_text', { noun: inSentence(modelPlural(model, t)) }),
    action: `/${model.path}/filter`,
    values: [{ name: 'back', value: back }],
    fields: [{ kind: 'condition', name, label, wide: true, html }],
    confirm: { label: t('web.filter'), danger: false },
    cancel: back,
  }
}

/** Back to the list with the condition, or the page again with what is wrong. */
export async function takeFilter(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const { where, change, errors } = readFilter(reader.services, model, name, typedIn(request))
  if (change || errors.size > 0) {
    const status = change ? 200 : 422
    return show(reader.services, request, 'confirm', await filterScreen(reader, request, model), { status })
  }
  const screens = reader.app.screens(model)
  const state = readState(queryOf(ownPath(textIn(request, 'back'), `/${model.path}`)), screens)
  const json = JSON.stringify(where)
  return done(request, addressesOf(model, screens, state).to({ where: json === '{}' ? undefined : json }))
}

const name = 'where'
