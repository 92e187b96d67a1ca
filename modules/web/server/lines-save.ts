import { UserError, VersionMismatch } from '@tessera/core'
import type { Conflict, ErrorSummary } from '../screens.ts'
import { forgetChoices } from './choices.ts'
import { conflictOf } from './conflict.ts'
import { isAsStored, type Typed } from './control.ts'
import { firstValues } from './first-values.ts'
import { isNewLine, isRemoved, keysIn, type LinesPlan, lineIn } from './lines-plan.ts'
import { storedLines } from './lines-tab.ts'
import type { Reader } from './reader.ts'
import { createRow, type Row, updateRow } from './rows.ts'
import { changesIn, draftIn } from './sent-values.ts'
import { fieldSentence, sentenceOf } from './sentence.ts'

/** What is to be done to one related record, which was sent as a line. */
interface LineDeed {
  readonly plan: LinesPlan
  readonly key: string
  /** Its place among the lines, from 1. */
  readonly number: number
  readonly label: string
  readonly do: (parent: string) => Promise<unknown>
}
/** What the lines of a form come to, compared with what is stored. */
export interface LineDeeds {
  readonly deeds: readonly LineDeed[]
  /** Somebody else saved first what was changed here. */
  readonly conflict: Conflict | undefined
  /** Somebody else changed what was to be removed, or removed what was changed: the names of these lines, with a sentence. */
  readonly late: ReadonlyMap<string, string>
}

export async function lineDeeds(
  reader: Reader,
  plans: readonly LinesPlan[],
  typed: Typed,
  parent: string,
  back: string,
): Promise<LineDeeds> {
  const deeds: LineDeed[] = []
  const conflicts: Conflict[] = []
  const late = new Map<string, string>()
  for (const plan of plans) {
    const keys = keysIn(typed, plan.field)
    if (keys.length === 0) continue
    const rows = new Map((await storedLines(reader, plan, { id: parent })).rows.map((row) => [row.id, row]))
    const first = keys.some(isNewLine) ? await firstValues(reader, plan.target, plan, new Map()) : { id: '' }
    for (const [at, key] of keys.entries()) {
      const line = lineIn(typed, plan.field, key)
      const about = { plan, key, number: at + 1, label: rows.get(key)?.label ?? '' }
      if (isNewLine(key)) {
        if (!isBlank(reader, plan, line, first)) deeds.push({ ...about, do: (id) => add(reader, plan, line, id) })
        continue
      }
      const row = rows.get(key)
      const name = `${plan.field}.${key}`
      if (!row) late.set(name, reader.t('web.line_gone', { number: at + 1 }))
      else if (isRemoved(line)) {
        if (isCurrent(line, row)) deeds.push({ ...about, do: () => reader.records.remove(plan.target.handle, key, versionOf(line)) })
        else late.set(name, reader.t('web.line_changed', { name: row.label ?? '' }))
      } else {
        const changes = changesIn(plan, line, row, reader)
        if (Object.keys(changes).length === 0) continue
        const conflict = isCurrent(line, row) ? undefined : await lineConflict(reader, plan, row, line, back)
        if (conflict) conflicts.push(conflict)
        else deeds.push({ ...about, do: () => updateRow(reader.records, plan.target, key, changes, versionOf(line)) })
      }
    }
  }
  return { deeds, conflict: mergedConflict(conflicts), late }
}

/** All lines, each so that it can be refused by itself; one that is refused undoes everything. Inside the record's own transaction. */
export async function writeLines(reader: Reader, deeds: readonly LineDeed[], parent: string): Promise<void> {
  const refused: Refusal[] = []
  for (const deed of deeds) {
    try {
      await reader.records.transaction(() => deed.do(parent))
    } catch (error) {
      if (!(error instanceof UserError) || error instanceof VersionMismatch || error.code === 'access.confirm') throw error
      refused.push({ deed, error })
    }
  }
  if (refused.length > 0) throw new LinesRefused(reader, refused)
  for (const target of new Set(deeds.map(({ plan }) => plan.target))) forgetChoices(reader.app, target)
}

interface Refusal {
  readonly deed: LineDeed
  readonly error: UserError
}

/** Some lines were not taken: by the name of a control or of a whole line, why. */
export class LinesRefused extends UserError {
  override readonly status: number
  readonly wrong: ReadonlyMap<string, string>
  readonly items: ErrorSummary['items']

  constructor({ t }: Reader, refused: readonly Refusal[]) {
    super('web.lines_refused', 'Nothing was saved: some lines need you.')
    this.status = refused[0]?.error.status ?? 422
    const said = refused.flatMap(({ deed, error }) => reasonsOf(deed, error, t))
    this.wrong = new Map(said.map(({ field, text }) => [field, text]))
    this.items = said
  }
}

function reasonsOf(
  { plan, key, number }: LineDeed,
  error: UserError,
  t: Reader['t'],
): readonly { field: string; label: string; text: string }[] {
  const line = `${plan.label} ${number}`
  if (error.errors.length === 0) return [{ field: `${plan.field}.${key}`, label: line, text: sentenceOf(error, t) }]
  return error.errors.map((each) => {
    const planned = plan.fields.get(each.field)
    return {
      field: planned ? `${plan.field}.${key}.${each.field}` : `${plan.field}.${key}`,
      label: planned ? `${line}, ${planned.label}` : line,
      text: fieldSentence(each, plan.target, t),
    }
  })
}

/** A new line in which nothing was typed. */
function isBlank({ formats }: Reader, plan: LinesPlan, line: Typed, first: Row): boolean {
  return [...line].every(([name, texts]) => {
    const planned = plan.fields.get(name)
    return !planned || isAsStored(planned.field, texts, first[name], formats)
  })
}

async function add(reader: Reader, plan: LinesPlan, line: Typed, parent: string): Promise<Row> {
  return createRow(reader.records, plan.target, { ...draftIn(plan, line, reader), [plan.mappedBy]: parent })
}

const versionOf = (line: Typed): number => Number(line.get('_version')?.at(-1) || Number.NaN)
const isCurrent = (line: Typed, row: Row): boolean => typeof row.version !== 'number' || versionOf(line) === row.version

async function lineConflict(reader: Reader, plan: LinesPlan, row: Row, line: Typed, back: string): Promise<Conflict | undefined> {
  const conflict = await conflictOf(reader, plan.target, plan, row, line, versionOf(line), back)
  const named = ({ name, label, ...rest }: Conflict['fields'][number]) => ({
    ...rest,
    name: `${plan.field}.${row.id}.${name}`,
    label: `${row.label ?? ''}: ${label}`,
  })
  return conflict && { ...conflict, fields: conflict.fields.map(named) }
}

/** One question about all that somebody else saved first. */
export function mergedConflict([first, ...others]: readonly Conflict[]): Conflict | undefined {
  return first && { ...first, fields: [first, ...others].flatMap(({ fields }) => fields) }
}

export function lateSummary({ t }: Reader, late: ReadonlyMap<string, string>): ErrorSummary {
  return { title: t('web.not_saved'), items: [...late.values()].map((text) => ({ text })) }
}
