import {
  type Ability,
  type As,
  fieldAt,
  type ModelMeta,
  type OneField,
  operand,
  readableField,
  type ScalarField,
  type Shown,
  type Tone,
} from '@tessera/core'
import { initialsOf, toneOf } from '../person.ts'
import type { Cell, Tone as Colour, LevelCell, Outcome, StatusCategory, StatusCell } from '../screens.ts'
import { testOf } from './condition.ts'
import { deadlineCell, durationInWords } from './deadline.ts'
import { dueCell } from './due.ts'
import { factsIn } from './facts.ts'
import type { Reader } from './reader.ts'
import { type Row, relatedIn, valueAt } from './rows.ts'
import { hrefOf, isOpenTo, optionLabel, sentenceIn, valueInWords } from './words.ts'

/** How the values of one field or path become cells; made once, used for every row. */
export interface CellMaker {
  /** What a row must hold. */
  readonly needs: readonly string[]
  readonly kind: Cell['as']
  make(row: Row, reader: Reader): Cell
}

interface Look {
  readonly field: string
  readonly as?: As | undefined
  readonly deadline?: Shown['deadline']
  readonly tones?: { readonly [K in Tone]?: object }
}

/** How a tone looks. */
export const looks: Readonly<Record<Tone, { readonly tone: Colour; readonly icon?: string }>> = {
  danger: { tone: 'red', icon: 'alert-circle' },
  warning: { tone: 'amber', icon: 'alert-triangle' },
  success: { tone: 'green', icon: 'check' },
  muted: { tone: 'grey' },
}

export function cellMaker(
  reader: Pick<Reader, 'ability' | 't'>,
  model: ModelMeta,
  { field: path, as, deadline, tones = {} }: Look,
): CellMaker {
  const maker = as === 'deadline' ? deadlineMaker(reader, model, path, deadline) : untoned(reader, model, path, as)
  const tone = toneMaker(reader.ability, model, tones)
  if (!tone) return maker
  return {
    kind: maker.kind,
    needs: [...maker.needs, ...tone.needs],
    make(row, who) {
      const cell = maker.make(row, who)
      const name = tone.of(row, who.asking)
      return name === undefined ? cell : { ...cell, ...toneLook(who, name, cell.icon) }
    },
  }
}

/** A colour says nothing by itself: a sign stands with it, and words for whoever sees neither. */
export function toneLook({ t }: Pick<Reader, 't'>, name: Tone, icon = looks[name].icon): Pick<Cell, 'tone' | 'icon' | 'said'> {
  return { tone: looks[name].tone, ...(icon !== undefined && { icon }), said: t(`web.tone_${name}`) }
}

/** The first of the tones whose condition holds; undefined when none is declared that the reader can be told. */
export function toneMaker(
  ability: Ability,
  model: ModelMeta,
  tones: { readonly [K in Tone]?: object },
): { readonly needs: readonly string[]; of(row: Row, asking: Reader['asking']): Tone | undefined } | undefined {
  const tests = (['danger', 'warning', 'success', 'muted'] as const).flatMap((name) => {
    const where = tones[name]
    const test = where && testOf(model, where, ability)
    return test ? [[name, test] as const] : []
  })
  if (tests.length === 0) return undefined
  return {
    needs: tests.flatMap(([, { needs }]) => needs),
    of: (row, asking) => tests.find(([, test]) => test.holds(row, asking))?.[0],
  }
}

function untoned({ ability, t }: Pick<Reader, 'ability' | 't'>, model: ModelMeta, path: string, as: As | undefined): CellMaker {
  const field = fieldAt(model, path)
  if (!field) return { needs: [], kind: 'empty', make: () => ({ as: 'empty' }) }
  // Most rows are flat: only a real path is walked.
  const read: (row: Row) => unknown = path.includes('.') ? (row) => valueAt(row, path) : (row) => row[path]
  if (field.kind === 'many') {
    return { needs: [path], kind: 'tags', make: (row) => tags((read(row) as readonly Row[] | null) ?? []) }
  }
  return field.kind === 'one' ? relationMaker({ ability, t }, field, path, as, read) : scalarMaker({ t }, field, path, as, read)
}

/** Of what else is known of a deadline, as much as the reader may read. */
function deadlineMaker(
  { ability }: Pick<Reader, 'ability'>,
  model: ModelMeta,
  path: string,
  { risk, met, left }: NonNullable<Shown['deadline']> = {},
): CellMaker {
  const named = [risk, met, left].map((name) => (name !== undefined && readableField(ability, model, name) ? name : undefined))
  const instant = (value: unknown) => (value === null || value === undefined ? null : new Date(value as Date | string))
  return {
    kind: 'badge',
    needs: [path, ...named.filter((name) => name !== undefined)],
    make(row, reader) {
      const [atRisk, isMet, remaining] = named.map((name) => (name === undefined ? null : (row[name] ?? null)))
      const standing = { due: instant(row[path]), risk: instant(atRisk), met: isMet as boolean | null, left: remaining as number | null }
      return deadlineCell(standing, reader)
    },
  }
}

function tags(related: readonly Row[]): Cell {
  return related.length === 0 ? { as: 'empty' } : { as: 'tags', tags: related.map(({ label }) => label ?? '') }
}

function relationMaker(
  { ability, t }: Pick<Reader, 'ability' | 't'>,
  field: OneField,
  path: string,
  as: As | undefined,
  read: (row: Row) => unknown,
): CellMaker {
  const { target } = field
  const canOpen = isOpenTo({ ability }, target)
  const has = (name: string) => target.fields.has(name) && ability.field('read', target.fields.get(name)!) !== false
  if (as === 'person') {
    const nobody: Cell = { as: 'empty', like: 'person', label: t('web.unassigned') }
    return {
      needs: [path],
      kind: 'person',
      make(row) {
        const person = relatedIn(read(row))
        if (!person) return nobody
        const name = person.label ?? ''
        return { as: 'person', name, initials: initialsOf(name), avatar: toneOf(name) }
      },
    }
  }
  if (as === 'status' && has('category')) {
    const begins = beginningOf(field)
    return {
      needs: [path, `${path}.category`, ...(has('outcome') ? [`${path}.outcome`] : [])],
      kind: 'status',
      make(row) {
        const status = relatedIn(read(row))
        return status ? statusCell(status.label ?? '', status.category, status.outcome, status.id === begins) : { as: 'empty' }
      },
    }
  }
  if (as === 'level' && has('level')) {
    return {
      needs: [path, `${path}.level`],
      kind: 'level',
      make(row) {
        const level = relatedIn(read(row))
        return level ? levelCell(level.label ?? '', level.level) : { as: 'empty' }
      },
    }
  }
  if (as === 'badge') {
    return {
      needs: [path],
      kind: 'badge',
      make(row) {
        const label = relatedIn(read(row))?.label
        return label === undefined ? { as: 'empty' } : { as: 'badge', label }
      },
    }
  }
  return {
    needs: [path],
    kind: 'link',
    make(row) {
      const related = relatedIn(read(row))
      if (!related) return { as: 'empty' }
      const label = related.label ?? ''
      return canOpen ? { as: 'link', label, href: hrefOf(target, related.id) } : { as: 'text', text: label }
    },
  }
}

function scalarMaker(
  { t }: Pick<Reader, 't'>,
  field: ScalarField,
  path: string,
  as: As | undefined,
  read: (row: Row) => unknown,
): CellMaker {
  const base = path.includes('.') ? path.slice(0, path.lastIndexOf('.') + 1) : ''
  const maker = (
    kind: Cell['as'],
    shown: (value: NonNullable<unknown>, row: Row, reader: Reader) => Cell,
    more: readonly string[] = [],
  ): CellMaker => ({
    kind,
    needs: [path, ...more],
    make(row, reader) {
      const value = read(row)
      return value === null || value === undefined || value === '' ? { as: 'empty' } : shown(value, row, reader)
    },
  })
  if (as === 'status' && field.model.fields.has('category')) {
    const outcome = field.model.fields.has('outcome') ? [`${base}outcome`] : []
    return maker(
      'status',
      (value, row) => statusCell(String(value), valueAt(row, `${base}category`), valueAt(row, `${base}outcome`), false),
      [`${base}category`, ...outcome],
    )
  }
  if (as === 'level') return maker('level', (value) => levelCell(String(value), value))
  if (as === 'person') {
    return maker('person', (value) => {
      const name = String(value)
      return { as: 'person', name, initials: initialsOf(name), avatar: toneOf(name) }
    })
  }
  if (as === 'duration') return maker('number', (value, _, reader) => ({ as: 'number', shown: durationInWords(Number(value), reader) }))
  if (as === 'sentence') return maker('text', (value, _, reader) => ({ as: 'text', text: sentenceIn(value, reader.t) }))
  if (as === 'facts')
    return maker('text', (value, _, reader) => {
      const text = factsIn(value, field, reader)
      return text === '' ? { as: 'empty' } : { as: 'text', text, long: true }
    })
  if (as === 'badge') return maker('badge', (value, _, reader) => ({ as: 'badge', label: valueInWords(reader, field, value) ?? '' }))
  switch (field.type) {
    case 'integer':
    case 'float':
    case 'decimal':
      return maker('number', (value, _, { formats }) => ({ as: 'number', shown: formats.number(Number(value)) }))
    case 'boolean': {
      const [yes, no] = [t('web.yes'), t('web.no')]
      return maker('boolean', (value) => ({ as: 'boolean', value: value === true, label: value === true ? yes : no }))
    }
    case 'datetime':
      return maker('date', (value, _, { formats, now }) => {
        const instant = value instanceof Date ? value : new Date(String(value))
        return { as: 'date', iso: instant.toISOString(), shown: formats.when(instant, now), title: formats.exact(instant) }
      })
    case 'date':
      if (as === 'due') return maker('badge', (value, _, reader) => dueCell(String(value).slice(0, 10), reader))
      return maker('date', (value, _, { formats }) => {
        const day = String(value).slice(0, 10)
        return { as: 'date', iso: day, shown: formats.day(day) }
      })
    case 'enum': {
      const labels = new Map((field.values ?? []).map((value) => [value, optionLabel(field, value, t)]))
      return maker('text', (value) => ({ as: 'text', text: labels.get(String(value)) ?? String(value) }))
    }
    case 'texts':
      return maker('tags', (value) => ({ as: 'tags', tags: (value as readonly string[]).map(String) }))
    case 'json':
      return maker('text', (value) => ({ as: 'text', text: typeof value === 'object' ? JSON.stringify(value) : String(value) }))
    default:
      if (isEmail(field))
        return maker('link', (value) => ({ as: 'link', label: String(value), href: `mailto:${encodeURI(String(value))}` }))
      if (isCode(field)) return maker('text', (value) => ({ as: 'text', text: String(value), code: true }))
      return maker('text', (value) => ({ as: 'text', text: String(value) }))
  }
}

/** A number or code that people read out. */
export function isCode(field: ScalarField): boolean {
  return field.sequence !== undefined || field.model.code === field.name
}

export function isEmail({ valid }: ScalarField): boolean {
  return valid !== undefined && 'format' in valid && valid.format === 'email'
}

function statusCell(label: string, category: unknown, outcome: unknown, isFirst: boolean): StatusCell {
  return {
    as: 'status',
    label,
    category: isCategory(category) ? category : 'open',
    ...(isOutcome(outcome) && { outcome }),
    ...(isFirst && { glyph: 'new' }),
  }
}

function levelCell(label: string, level: unknown): Cell {
  const at = Math.round(Number(level))
  if (!(at >= 1)) return { as: 'text', text: label }
  return { as: 'level', level: Math.min(at, 4) as LevelCell['level'], label }
}

const isCategory = (value: unknown): value is StatusCategory => value === 'open' || value === 'paused' || value === 'closed'
const isOutcome = (value: unknown): value is Outcome => value === 'success' || value === 'failure'

/** The related record with which new records begin, where that is always the same: it gets the glyph of a beginning. */
export function beginningOf({ suggest }: OneField): string | undefined {
  if (!suggest || suggest.needs.length > 0) return undefined
  const nobody = { me: {}, now: new Date(0) }
  const value = operand(suggest.code({} as never, { now: nobody.now, isNew: true }), nobody)
  return typeof value === 'string' ? value : undefined
}
