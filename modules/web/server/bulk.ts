/** One deed to all chosen records: at once to a few, by a job to many. */
import { type ModelMeta, type Reply, type Request, UserError } from '@tessera/core'
import type { BulkRun } from '../bulk-run.model.ts'
import { beginRun } from '../runs/written-down.ts'
import type { ConfirmScreen } from '../screens.ts'
import { done, show } from './answer.ts'
import type { Deed } from './bulk-deed.ts'
import { forgetChoices } from './choices.ts'
import { isId, type Typed } from './control.ts'
import { mostAtOnce, mostInRun } from './list.ts'
import { orderOf, readState, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'
import { queryRows } from './rows.ts'

export interface Chosen {
  readonly ids: readonly string[]
  /** What a page that asks sends along, so that it is the same records afterwards. */
  readonly values: readonly { readonly name: string; readonly value: string }[]
}

/** The rows that were ticked, or everything that the list of `all` shows. */
export async function chosenIn(reader: Reader, model: ModelMeta, typed: Typed): Promise<Chosen> {
  const all = typed.get('all')?.at(-1)
  const ids = all === undefined ? [...new Set(typed.get('id') ?? [])].filter(isId).slice(0, mostAtOnce) : await allOf(reader, model, all)
  const isMany = all !== undefined && ids.length > mostAtOnce
  return { ids, values: isMany ? [{ name: 'all', value: all }] : ids.map((value) => ({ name: 'id', value })) }
}

async function allOf(reader: Reader, model: ModelMeta, list: string): Promise<readonly string[]> {
  const screens = reader.app.screens(model)
  const state = readState(new URLSearchParams(list), screens)
  const ask = {
    fields: [],
    where: whereOf(state, model, screens, reader.zone),
    order: orderOf(reader, model, state, screens.list),
    q: state.q || undefined,
    limit: 200,
  }
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { rows, next } = await queryRows(reader.records, model, { ...ask, cursor })
    ids.push(...rows.map(({ id }) => id))
    cursor = next ?? undefined
    // Never to some of them while all were meant.
    if (ids.length > mostInRun) throw tooMany(reader)
  } while (cursor)
  return ids
}

const tooMany = ({ formats }: Reader): UserError =>
  new UserError('web.too_many', '{count} match, and {most} can be changed at once. Narrow the search or the filters first.', {
    count: formats.count(mostInRun, true),
    most: mostInRun,
  })

export interface Doing {
  readonly deed: Deed
  readonly chosen: Chosen
  readonly back: string
  /** "Assign", "Archive": what the result begins with. */
  readonly label: string
  /** The page that says which refused, and lets one try these again. */
  again(left: Chosen): Promise<ConfirmScreen>
}

/** Done, with a word on how many; refused ones are listed with their reasons. */
export async function doToMany(reader: Reader, request: Request, model: ModelMeta, doing: Doing): Promise<Reply> {
  const { deed, chosen, back, label } = doing
  const { t } = reader
  const run = await beginRun(reader.services, model, deed, chosen.ids)
  if (run.total > mostAtOnce) return done(request, `/${model.path}/runs/${run.id}`)
  forgetChoices(reader.app, model)
  const result = resultOf(reader, run)
  const refused = run.refused ?? []
  if (refused.length === 0) {
    const href = `/${model.path}/runs/${run.id}/undo`
    const undo = isUndone(deed) ? { undo: { label: t('web.undo'), href, method: 'post' as const } } : {}
    return done(request, back, { tone: 'success', text: `${label}: ${result}`, ...undo })
  }
  const left = refused.map(({ id: value }) => ({ name: 'id', value }))
  const screen = await doing.again({ ids: left.map(({ value }) => value), values: left })
  const items = refused.map(({ label: name, reason }) => ({ text: `${name}: ${reason}` }))
  const again = {
    ...screen,
    text: t('web.bulk_again'),
    errors: { title: result, items },
    confirm: { label: t('web.try_again'), danger: false },
  }
  return show(reader.services, request, 'confirm', again, { status: 422 })
}

const isUndone = (deed: Deed): boolean => deed.deed === 'edit' || (deed.deed === 'action' && deed.action.undoneBy !== undefined)

export const resultOf = ({ t }: Pick<Reader, 't'>, { done, refusals }: Pick<BulkRun, 'done' | 'refusals'>): string =>
  t('web.bulk_result', { done: done - refusals, refused: refusals })
