/** The page on which a list is grouped by a field that its search does not name: there are more of them than a menu can hold. */
import { BadRequest, type ModelMeta, type Reply, type Request } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done, ownPath } from './answer.ts'
import { textIn } from './body.ts'
import { queryOf } from './destination.ts'
import { groupedBy, groupingName, otherGroupings, withLevel } from './grouping.ts'
import { readState } from './list-state.ts'
import type { Reader } from './reader.ts'
import { addressesOf } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelPlural } from './words.ts'

export async function groupScreen(reader: Reader, request: Request, model: ModelMeta): Promise<ConfirmScreen> {
  const { t } = reader
  const back = ownPath(request.query.get('back'), `/${model.path}`)
  const options = otherGroupings(reader, model, reader.app.screens(model)).map((group) => ({
    value: group,
    label: groupingName(reader, model, group),
  }))
  return {
    shell: await shellOf(reader, request, model.path),
    title: t('web.group_by_other'),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    text: t('web.group_by_other_text', { noun: inSentence(modelPlural(model, t)) }),
    action: `/${model.path}/group`,
    values: [{ name: 'back', value: back }],
    fields: [{ kind: 'select', name: 'group', label: t('web.field'), value: options[0]?.value ?? '', options }],
    confirm: { label: t('web.group'), danger: false },
    cancel: back,
  }
}

/** Back to the list, with one level more. */
export function takeGroup(reader: Reader, request: Request, model: ModelMeta): Reply {
  const screens = reader.app.screens(model)
  const group = textIn(request, 'group') ?? ''
  if (!otherGroupings(reader, model, screens).includes(group))
    throw new BadRequest('web.no_group', 'This list cannot be grouped by "{group}". Choose one of the fields that are offered.', { group })
  const back = ownPath(textIn(request, 'back'), `/${model.path}`)
  const state = readState(queryOf(back), screens)
  return done(request, addressesOf(model, screens, state).to(groupedBy(withLevel(state.groups, group))))
}
