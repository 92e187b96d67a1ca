import type { ModelMeta, Request } from '@tessera/core'
import type { ListScreen } from '../screens.ts'
import { prepareList } from './list-columns.ts'
import { groupsOf } from './list-groups.ts'
import { listQuery, needsOf, pageOf, pageSize, previousPage, recordLink } from './list-page.ts'
import { readState, whereOf } from './list-state.ts'
import { tableOf, withSort } from './list-table.ts'
import { totalsOf } from './list-totals.ts'
import { bulkActions, createAction, emptyState, exportLink, importLink } from './list-verbs.ts'
import { markFacts } from './marks.ts'
import type { Reader } from './reader.ts'
import type { RowsPage } from './rows.ts'
import { type Addresses, addressesOf, searchBar, viewLinks } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { columnsMenuOf, shownColumns } from './shown-columns.ts'
import { inSentence, modelPlural } from './words.ts'

/** Records to which something is done while one waits; to more, by a job. */
export const mostAtOnce = 200
/** As far as lists count, so that what is meant by all is known. */
export const mostInRun = 10_000

export async function listScreen(reader: Reader, request: Request, model: ModelMeta): Promise<ListScreen> {
  const screens = reader.app.screens(model)
  const state = readState(request.query, screens)
  const addresses = addressesOf(model, screens, state)
  const prepared = prepareList(reader, model)
  const columns = await shownColumns(reader, model, state)
  const noun = inSentence(modelPlural(model, reader.t))
  const common = {
    shell: await shellOf(reader, request, model.path),
    title: modelPlural(model, reader.t),
    breadcrumbs: [],
    noun,
    here: addresses.here,
    ...createAction(reader, model),
    ...exportLink(reader, model, addresses),
    ...importLink(reader, model),
  }
  if (state.groups.length > 0) {
    const [search, { body, groups, records, overlap }, marks] = await Promise.all([
      searchBar(reader, model, screens, addresses),
      groupsOf(reader, model, screens, addresses, prepared, columns),
      markFacts(reader, model, screens, addresses),
    ])
    return {
      ...common,
      search,
      views: viewLinks(screens, addresses),
      bulk: bulkActions(reader, model),
      table: { columns: columns.map((each) => withSort(each, addresses)), body, caption: common.title },
      ...columnsMenuOf(prepared, columns, model, addresses),
      facts: [
        { value: reader.formats.count(records), label: noun },
        { value: reader.formats.count(groups), label: reader.t('web.groups') },
        ...marks,
        ...(overlap ? [{ icon: 'info-circle', label: reader.t('web.groups_overlap') }] : []),
      ],
      ...(groups === 0 && { empty: emptyState(reader, model, addresses) }),
    }
  }
  // Before anything runs: what cannot be read must not leave a promise that nobody waits for.
  const where = whereOf(state, model, screens, reader.zone)
  const [search, page, totals, marks] = await Promise.all([
    searchBar(reader, model, screens, addresses),
    pageOf(reader, model, screens, state, needsOf(prepared, columns), pageSize),
    totalsOf(reader, model, where, state.q, columns),
    markFacts(reader, model, screens, addresses),
  ])
  const total = page.total ?? 0
  const shown = page.rows.length
  return {
    ...common,
    search,
    views: viewLinks(screens, addresses),
    bulk: bulkActions(reader, model),
    pager: {
      from: shown === 0 ? 0 : state.from,
      to: shown === 0 ? 0 : state.from + shown - 1,
      total: Math.max(total, shown === 0 ? 0 : state.from + shown - 1),
      capped: page.capped === true,
      ...(page.next !== null && { next: addresses.to({ after: page.next, from: state.from + shown }) }),
      ...(page.previous !== null && { previous: previousPage(state, page.previous, addresses) }),
    },
    table: { ...tableOf(reader, prepared, columns, page.rows, addresses, common.title, recordLink(model, addresses)), ...totals },
    ...columnsMenuOf(prepared, columns, model, addresses),
    facts: [{ value: reader.formats.count(total, page.capped), label: noun }, ...marks],
    ...(shown === 0 && { empty: emptyState(reader, model, addresses) }),
    ...wholeResult(reader, request, addresses, shown, page),
  }
}

/** Every record that matches can be chosen at once, as long as it is known how many these are. */
function wholeResult(
  reader: Reader,
  request: Request,
  { here, to, state, first }: Addresses,
  shown: number,
  { total = 0, capped = false }: RowsPage,
): Pick<ListScreen, 'selectAll' | 'allSelected' | 'refusal'> {
  if (total <= shown) return {}
  const count = reader.formats.count(total, capped)
  const selectAll = { href: `${here}${here.includes('?') ? '&' : '?'}all=1`, count }
  if (!request.query.has('all')) return { selectAll }
  if (capped) return { selectAll, refusal: reader.t('web.too_many', { count, most: mostInRun }) }
  return { allSelected: { count, values: [{ name: 'all', value: listQuery({ ...state, after: undefined }, first) }], clear: to({}) } }
}
