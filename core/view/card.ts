/** A card of the dashboard, as data: what a module puts there for whoever has not arranged his own. */
import { declarationOf } from '../model/define.ts'
import type { Column, Erased, Model } from '../model/types.ts'
import type { Chart, Grouping, Measure } from './view.ts'

/** What a card shows of the records that it finds. */
export type CardKind = 'number' | 'list' | 'graph' | 'pivot'

export interface Card<T = Erased> {
  readonly kind: 'card'
  readonly label: string
  readonly model: Model<T>
  readonly as: CardKind
  /** Names of declared filters; without any it is about all records. */
  readonly filter: readonly string[]
  /** Of a chart, where it is another than the model's own. */
  readonly graph:
    | { readonly by: Grouping<T>; readonly split?: Grouping<T>; readonly measure?: Measure<T>; readonly chart?: Chart }
    | undefined
  /** The date that lies within the range of the page; without one the card always shows all. */
  readonly dated: Column<T> | undefined
  /** In quarters of the page. */
  readonly width: 1 | 2 | 3 | 4
}

/** `card('Unassigned', Ticket, { filter: ['open', 'unassigned'] })`: a number, unless told; listed under `cards` of a module. */
export function card<T>(
  label: string,
  model: Model<T>,
  about: {
    as?: CardKind
    filter?: readonly string[]
    graph?: Card<NoInfer<T>>['graph']
    dated?: Column<NoInfer<T>>
    width?: Card['width']
  } = {},
): Card<T> {
  declarationOf(model)
  const { as = 'number', filter = [], graph, dated, width = as === 'number' ? 1 : 2 } = about
  return { kind: 'card', label, model, as, filter, graph, dated, width }
}
