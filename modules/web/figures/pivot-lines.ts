/** The lines of a pivot on one side, rows or columns: groups, and below those that are open the groups within them. */
import type { GroupRow } from '@tessera/core'
import { isOverlapping, type Level } from '../server/grouping.ts'
import { onlyOf } from '../server/list-groups.ts'
import { openKey } from '../server/list-state.ts'
import { type About, type Group, groupsIn, keysIn, measured, mostAsked, type Narrowed, narrowed, outermost, whereKeys } from './groups.ts'

export interface Line extends Group {
  /** The keys as an address joins them. */
  readonly name: string
  /** 0 is the outermost. */
  readonly depth: number
  readonly isOpen: boolean
  /** What was counted and measured of all of it. */
  readonly counted: GroupRow
}

export interface Lines {
  readonly levels: readonly Level[]
  /** Each open one before those within it. */
  readonly shown: readonly Line[]
  /** How many there would be without a limit. */
  readonly count: number
}

/** One question for each level that is open. */
export async function linesOf(
  about: About,
  levels: readonly Level[],
  open: readonly string[],
  measures: readonly string[],
  most: number,
): Promise<Lines> {
  const found: ReadonlyMap<string, readonly Line[]>[] = []
  let isCut = false
  for (let depth = 0; depth < levels.length; depth++) {
    const parents = depth === 0 ? [] : openAt(found[depth - 1]!)
    if (depth > 0 && parents.length === 0) break
    const inner = levels.slice(0, depth + 1)
    const { rows, ...asked } =
      depth === 0
        ? await outermost(about, levels[0]!, measures)
        : { rows: await measured(about, inner, measures, narrowedTo(about, inner.slice(0, -1), parents)), isCut: false }
    isCut ||= asked.isCut
    found.push(await linesAt(about, inner, rows, open))
  }
  const within = (depth: number, around: string): Line[] =>
    (found[depth]?.get(around) ?? []).flatMap((line) => [line, ...(line.isOpen ? within(depth + 1, line.name) : [])])
  const all = within(0, '')
  return { levels, shown: shownOf(all, levels[0], most), count: isCut ? Math.max(mostAsked, all.length) : all.length }
}

/** Of dates the latest, of others the first; none without the one around it. */
function shownOf(all: readonly Line[], level: Level | undefined, most: number): readonly Line[] {
  const from = level?.grain === undefined ? 0 : all.findIndex(({ depth }, at) => depth === 0 && at >= all.length - most)
  return all.slice(Math.max(0, from)).slice(0, most)
}

const openAt = (lines: ReadonlyMap<string, readonly Line[]>): readonly Line[] => [...lines.values()].flat().filter(({ isOpen }) => isOpen)

/** By the line around them. */
async function linesAt(
  about: About,
  levels: readonly Level[],
  rows: readonly GroupRow[],
  open: readonly string[],
): Promise<ReadonlyMap<string, readonly Line[]>> {
  const counted = new Map(rows.map((row) => [openKey(keysIn(row, levels)), row]))
  const lines = (await groupsIn(about, levels, rows)).map((group): Line => {
    const name = openKey(group.keys)
    return { ...group, name, depth: levels.length - 1, isOpen: open.includes(name), counted: counted.get(name)! }
  })
  return Map.groupBy(lines, ({ keys }) => openKey(keys.slice(0, -1)))
}

/** Only the records of these lines, all of which are of the last of `levels`; everything where there are no lines. */
export function narrowedTo(about: About, levels: readonly Level[], lines: readonly Pick<Line, 'keys'>[]): Narrowed {
  if (lines.length === 0) return narrowed()
  const last = levels.length - 1
  const families = Map.groupBy(lines, ({ keys }) => openKey(keys.slice(0, -1)))
  const any = [...families.values()].map((family) => {
    const outer = family[0]!.keys.slice(0, -1).map((key, at) => whereKeys(about, levels[at]!, [key]))
    const own = whereKeys(
      about,
      levels[last]!,
      family.map(({ keys }) => keys[last]!),
    )
    return outer.length === 0 ? own : { $and: [...outer, own] }
  })
  const only = onlyOf(
    levels,
    lines.map(({ keys }) => keys),
  )
  return { within: [any.length === 1 ? any[0]! : { $or: any }], only }
}

/** Whether lines that stand side by side count more records than there are around them. */
export function overlapIn({ levels, shown }: Lines, whole: number): boolean {
  const countOf = new Map([['', whole], ...shown.map(({ name, counted }) => [name, Number(counted.count)] as const)])
  const families = Map.groupBy(shown, ({ keys }) => openKey(keys.slice(0, -1)))
  return [...families].some(
    ([around, family]) =>
      isOverlapping(levels[family[0]!.depth]!) &&
      family.reduce((sum, { counted }) => sum + Number(counted.count), 0) > (countOf.get(around) ?? 0),
  )
}
