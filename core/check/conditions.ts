/** Conditions and needs, compared with the composed models. */
import { singular } from '../access/callers.ts'
import { isOperator, operators } from '../model/conditions.ts'
import { isGiven, shippedKey } from '../model/define.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import { isPlaceholder } from '../model/placeholders.ts'
import { checkPath, didYouMean, type Room, type Scope } from './faults.ts'

/** What code needs, or the condition that stands in its place. */
export function checkGiven(scope: Scope, room: Room, model: ModelMeta, value: unknown, where: string, target = model): void {
  if (isGiven(value)) for (const need of value.needs) checkPath(scope, room, model, need, `${where} needs`)
  else if (value !== true) checkCondition(scope, room, target, value, where)
}

/** Checks every field, operator, placeholder and shipped record that a condition names. `where` says whose condition it is. */
export function checkCondition(scope: Scope, room: Room, model: ModelMeta, condition: unknown, where: string): void {
  if (condition === undefined) return
  if (!isPlain(condition)) {
    scope.report(`${room}.no_condition`, `${where} is no condition: it is an object of fields and values.`)
    return
  }
  for (const [key, value] of Object.entries(condition)) {
    if (key === '$and' || key === '$or')
      for (const each of Array.isArray(value) ? value : [value]) checkCondition(scope, room, model, each, where)
    else if (key === '$not') checkCondition(scope, room, model, value, where)
    else if (key.startsWith('$')) unknownOperator(scope, room, key, where)
    else checkField(scope, room, model, key, value, where)
  }
}

function checkField(scope: Scope, room: Room, model: ModelMeta, path: string, value: unknown, where: string): void {
  const field = checkPath(scope, room, model, path, `${where} asks for`)
  if (!field || value === undefined) return
  if (!isPlain(value)) {
    checkValue(scope, room, field, value, where)
    return
  }
  const keys = Object.keys(value)
  if (keys.length > 0 && keys.every((key) => key.startsWith('$') && !combining.has(key))) {
    for (const [operator, operand] of Object.entries(value)) {
      if (isOperator(operator)) checkValue(scope, room, field, operand, where, comparing.has(operator))
      else unknownOperator(scope, room, operator, where)
    }
  } else if (field.kind !== 'scalar') checkCondition(scope, room, field.target, value, where)
  else
    scope.report(
      `${room}.unknown_field`,
      `${where} asks for ${keys.map((key) => `"${path}.${key}"`).join(', ') || `fields of "${path}"`}, but "${path}" of "${model.name}" is a value and has no fields.`,
    )
}

const combining = new Set(['$and', '$or', '$not'])
/** Their operand is a value of the field, not a part of one. */
const comparing = new Set(['$eq', '$ne', '$in', '$nin'])

function checkValue(scope: Scope, room: Room, field: FieldMeta, value: unknown, where: string, whole = true): void {
  for (const each of Array.isArray(value) ? value : [value]) {
    const key = shippedKey(each)
    if (isPlaceholder(each)) {
      if (each.placeholder === 'me') checkMe(scope, room, each.field, where)
    } else if (key !== undefined) checkShipped(scope, room, field, key, where)
    else if (whole && field.kind === 'scalar' && field.values && typeof each === 'string' && !field.values.includes(each)) {
      scope.report(
        `${room}.unknown_value`,
        `${where} compares "${field.name}" of "${field.model.name}" with "${each}", which is none of its values.`,
        didYouMean(each, field.values) ?? `It is one of ${field.values.join(', ')}.`,
      )
    }
  }
}

function checkMe(scope: Scope, room: Room, name: string, where: string): void {
  const { actor } = scope.models
  const known = actor ? [...actor.fields.values()].flatMap(namesInMe) : ['id']
  if (known.includes(name)) return
  const who = actor ? `the model of users, "${actor.name}", has no field for it` : 'no installed module declares the model of users'
  scope.report(`${room}.unknown_placeholder`, `${where} names "me.${name}", but ${who}.`, didYouMean(name, known))
}

/** What `me` offers of a field of the user, as a caller is read: columns that everybody may see, relations as `partnerId`, `teamIds`. */
function namesInMe(field: FieldMeta): string[] {
  if (field.kind === 'one') return [`${field.name}Id`]
  if (field.kind === 'many') return field.pivot ? [`${singular(field.name)}Ids`] : []
  return field.column === undefined || field.only ? [] : [field.name]
}

function checkShipped(scope: Scope, room: Room, field: FieldMeta, key: string, where: string): void {
  const model = key.slice(0, key.indexOf('.'))
  const target = field.kind === 'scalar' ? field.model : field.target
  if (!scope.shipped.has(key)) {
    scope.report(
      `${room}.unknown_record`,
      `${where} names the shipped record "${key}", which no installed module ships.`,
      'List what data() returned under data.',
    )
  } else if (target.name !== model) {
    scope.report(
      `${room}.unknown_record`,
      `${where} compares "${field.name}", which is of the model "${target.name}", with the shipped record "${key}".`,
    )
  }
}

function unknownOperator(scope: Scope, room: Room, operator: string, where: string): void {
  const hint = didYouMean(operator, [...operators, ...combining]) ?? `Known are ${operators.join(', ')}.`
  scope.report(`${room}.unknown_operator`, `${where} uses the operator "${operator}", which does not exist.`, hint)
}

/** An object written as `{ … }` that stands for nothing else. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !isPlaceholder(value) &&
    shippedKey(value) === undefined
  )
}
