import { type ModelMeta, readableField } from '@tessera/core'
import { type Permit, permitOf } from './condition.ts'
import type { Typed } from './control.ts'
import { type FormPlan, type PlannedField, type PlannedRelated, plannedField } from './form-plan.ts'
import { prepare, type Reader } from './reader.ts'
import { plainColumn } from './related.ts'

/** Records that point to the one of a form and are written with it, for all who share the same roles and language. */
export interface LinesPlan {
  /** The to-many field; what is sent of a line is named `<field>.<id>.<its own field>`. */
  readonly field: string
  readonly label: string
  readonly target: ModelMeta
  readonly mappedBy: string
  readonly fields: ReadonlyMap<string, PlannedField>
  readonly create: boolean
  readonly update: Permit
  readonly remove: Permit
  /** Everything that a row must hold to be shown. */
  readonly needs: readonly string[]
}

export function linesOf(reader: Reader, model: ModelMeta, { tabs }: FormPlan): readonly LinesPlan[] {
  return tabs.flatMap(({ related }) => related.filter(({ isLines }) => isLines).map((each) => linesPlan(reader, model, each)))
}

export function linesPlan(reader: Reader, model: ModelMeta, related: PlannedRelated): LinesPlan {
  return prepare(reader, `lines ${model.name}.${related.name}`, () => makePlan(reader, related))
}

function makePlan(reader: Reader, { name, label, target, mappedBy, columns }: PlannedRelated): LinesPlan {
  const { ability } = reader
  const planned = columns.flatMap((column) => plannedField(reader, target, plainColumn(target, reader, column)) ?? [])
  const update = target.appendOnly ? never : permitOf(target, 'update', ability)
  const remove = target.appendOnly ? never : permitOf(target, 'delete', ability)
  const kept = ['version', 'updatedAt', 'updatedBy', ...target.title.needs].filter((need) => readableField(ability, target, need))
  const needs = new Set([
    ...kept,
    ...planned.flatMap((each) => [
      ...each.cell.needs,
      ...(typeof each.hidden === 'object' ? each.hidden.needs : []),
      ...each.readonly.flatMap((test) => test.needs),
      ...(typeof each.required === 'object' ? each.required.needs : []),
      ...each.update.needs,
    ]),
    ...update.needs,
    ...remove.needs,
  ])
  return {
    field: name,
    label,
    target,
    mappedBy,
    fields: new Map(planned.map((each) => [each.name, each])),
    create: !target.appendOnly && ability.possible('create', target),
    update,
    remove,
    needs: [...needs],
  }
}

const never: Permit = { possible: false, needs: [], holds: () => false }

/** Longer than this, the lines that are there are opened in a list of their own. */
export const mostLines = 100

/** The lines that were sent, in their order: ids of stored ones, `new1` and so on of others. */
export function keysIn(typed: Typed, field: string): readonly string[] {
  const pattern = new RegExp(`^${field}\\.(new\\d{1,4}|[0-9a-f-]{36})\\.`)
  return [...new Set([...typed.keys()].flatMap((name) => pattern.exec(name)?.[1] ?? []))]
}

export const isNewLine = (key: string): boolean => key.startsWith('new')

/** What was sent of one line, by its own fields. */
export function lineIn<V>(sent: ReadonlyMap<string, V>, field: string, key: string): ReadonlyMap<string, V> {
  const start = `${field}.${key}.`
  return new Map([...sent].flatMap(([name, value]) => (name.startsWith(start) ? [[name.slice(start.length), value] as const] : [])))
}

export const isRemoved = (line: Typed): boolean => line.get('_removed')?.at(-1) === 'true'

/** A button of the lines was pressed: the form comes back with a line more, one less, or one that stays after all. */
export function withLines(plans: readonly LinesPlan[], sent: Typed): { readonly typed: Typed; readonly change: boolean } {
  const typed = new Map(sent)
  let change = false
  for (const { field } of plans) {
    const [, what, key = ''] = /^(add|remove|keep)(?::(.+))?$/.exec(typed.get(`${field}.change`)?.at(-1) ?? '') ?? []
    typed.delete(`${field}.change`)
    if (what === undefined) continue
    change = true
    const keys = keysIn(typed, field)
    if (what === 'add') {
      const last = Math.max(0, ...keys.filter(isNewLine).map((each) => Number(each.slice('new'.length))))
      if (keys.length < mostLines * 2) typed.set(`${field}.new${last + 1}._new`, ['true'])
    } else if (what === 'keep') typed.delete(`${field}.${key}._removed`)
    else if (isNewLine(key)) for (const name of lineIn(typed, field, key).keys()) typed.delete(`${field}.${key}.${name}`)
    else if (keys.includes(key)) typed.set(`${field}.${key}._removed`, ['true'])
  }
  return { typed, change }
}
