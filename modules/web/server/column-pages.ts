/** What somebody decides about the columns of a list; kept for him, in whichever browser he works. */
import { staff } from '@tessera/base'
import { html, type ModelMeta, type Page, page, type Reply, type Request, redirect } from '@tessera/core'
import type { ChosenColumn } from '../list-layout.model.ts'
import type { ConfirmScreen } from '../screens.ts'
import { done, ownPath, show, wantsFragment } from './answer.ts'
import { textIn, typedIn } from './body.ts'
import { queryOf } from './destination.ts'
import { keepLayout, layoutsOf } from './layouts.ts'
import { readState } from './list-state.ts'
import { modelPage } from './model-page.ts'
import type { Reader } from './reader.ts'
import { addressesOf } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { mostColumns, possibleColumns, shownColumns } from './shown-columns.ts'
import { inSentence, modelPlural } from './words.ts'

export const columnPages: readonly Page[] = [
  page('GET /:model/columns', {
    may: staff,
    respond: modelPage(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await columnsScreen(reader, request, model)),
    ),
  }),
  page('POST /:model/columns', { may: staff, respond: modelPage(keepColumns) }),
]

/** The page on which fields are chosen that the menu of the list does not have. */
async function columnsScreen(reader: Reader, request: Request, model: ModelMeta): Promise<ConfirmScreen> {
  const { t } = reader
  const back = ownPath(request.query.get('back'), `/${model.path}`)
  const shown = (await shownColumns(reader, model, stateOf(reader, model, back))).map(({ shown: { field } }) => field)
  const possible = new Map(possibleColumns(reader, model).map(({ name, label }) => [name, label]))
  const names = [...shown, ...[...possible.keys()].filter((name) => !shown.includes(name))]
  return {
    shell: await shellOf(reader, request, model.path),
    title: t('web.add_column'),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    text: t('web.add_column_text', { noun: inSentence(modelPlural(model, t)) }),
    action: `/${model.path}/columns`,
    values: [{ name: 'back', value: back }],
    fields: [
      {
        kind: 'tags',
        name: 'column',
        label: t('web.columns'),
        wide: true,
        options: names.map((value) => ({ value, label: possible.get(value) ?? value, chosen: shown.includes(value) })),
      },
    ],
    confirm: { label: t('web.show_columns'), danger: false },
    cancel: back,
  }
}

/** The chosen columns in their order, one moved before the one before it, the width of one, or all as declared. */
async function keepColumns(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const { query } = request
  const back = ownPath(textIn(request, 'back'), `/${model.path}`)
  const width = Number(query.get('width'))
  const of = query.get('of')
  if (of !== null) {
    const columns = await columnsNow(reader, model, back)
    const step = Math.min(mostWidth, Math.max(leastWidth, Math.round(width / widthStep) * widthStep))
    const drawn = columns.map((column) => (column.field === of && Number.isFinite(step) ? { ...column, width: step } : column))
    await keepLayout(reader, model, { columns: drawn })
    return html('', { status: 204 })
  }
  if (query.has('reset')) await keepLayout(reader, model, { columns: null })
  else await keepLayout(reader, model, { columns: await chosenIn(reader, request, model, query.get('earlier')) })
  const screens = reader.app.screens(model)
  const state = readState(queryOf(back), screens)
  const to = addressesOf(model, screens, { ...state, columns: undefined }).here
  return wantsFragment(request) ? done(request, to) : redirect(to)
}

/** As the style sheet has classes for. */
const [leastWidth, mostWidth, widthStep] = [60, 600, 20]

async function columnsNow(reader: Reader, model: ModelMeta, back: string): Promise<readonly ChosenColumn[]> {
  const shown = await shownColumns(reader, model, stateOf(reader, model, back))
  return shown.map(({ shown: { field }, column: { width } }) => ({ field, ...(width !== undefined && { width }) }))
}

async function chosenIn(reader: Reader, request: Request, model: ModelMeta, earlier: string | null): Promise<readonly ChosenColumn[]> {
  const possible = new Set(possibleColumns(reader, model).map(({ name }) => name))
  const names = [...new Set(typedIn(request).get('column') ?? [])].filter((name) => possible.has(name)).slice(0, mostColumns)
  const at = earlier === null ? -1 : names.indexOf(earlier)
  if (at > 0) names.splice(at - 1, 2, names[at]!, names[at - 1]!)
  const kept = (await layoutsOf(reader)).get(model.name)?.columns ?? []
  return names.map((field) => kept.find((column) => column.field === field) ?? { field })
}
const stateOf = ({ app }: Reader, model: ModelMeta, back: string) => readState(queryOf(back), app.screens(model))
