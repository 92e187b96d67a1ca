/** Records as the write path reads them: locked, whole, and with what the caller may do to them. */
import { VersionMismatch } from '../errors.ts'
import { conditionOn, type Values } from '../model/matches.ts'
import type { ModelMeta } from '../model/meta.ts'
import { compiling, numberOf, valuesNow } from './compiled.ts'
import { getRow, isId, notFound, wholeRecord } from './read.ts'
import { Selection } from './selection.ts'
import { type Asker, Statement } from './statement.ts'
import type { Transaction } from './transaction.ts'
import type { Writing } from './writing.ts'

interface Locked {
  readonly record: Values
  readonly allowed: boolean
  /** Whether the record is in the state that the action asks for. */
  readonly fits: boolean
  readonly writable: (field: string) => boolean
}

/** Locks the row, reads it as the system does, and learns what the caller may do to it. */
export async function lock(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  id: string,
  verb: string,
  fields: readonly string[],
  when?: object,
): Promise<Locked> {
  const { asker } = writing
  if (!isId(id)) throw notFound(model, id)
  // A statement of its own: one that had to wait would go on with what its joins saw before.
  await transaction.run(`select 1 as c0 from "${model.table}" where "id" = $1 for update`, [id])
  const question = `${verb} ${JSON.stringify(fields)} ${when ? numberOf(when) : ''}`
  const { text, values, selection, allowed, fits, conditional } = locks(asker, model, question, () =>
    compileLock(writing, model, verb, fields, when),
  )
  const [row] = await transaction.run(text, [id, ...valuesNow(values, asker)])
  if (!row) throw notFound(model, id)
  return {
    record: selection.shape(row, asker.asking),
    allowed: allowed(row) === true,
    fits: fits(row) === true,
    writable: (name) => {
      const field = model.fields.get(name)
      const clause = field && asker.ability.field(verb, field)
      return typeof clause === 'object' ? conditional.get(name)?.(row) === true : clause === true
    },
  }
}

/** Several rows, in the order of their ids: whoever wants the same ones waits, and nobody for ever. */
export async function lockInOrder(transaction: Transaction, model: ModelMeta, ids: readonly string[]): Promise<void> {
  await transaction.run(`select 1 as c0 from "${model.table}" where "id" = any($1) order by "id" for update`, [ids])
}

const locks = compiling<ReturnType<typeof compileLock>>()

/** The id is the first parameter; `values` are the others. */
function compileLock(writing: Writing, model: ModelMeta, verb: string, fields: readonly string[], when: object | undefined) {
  const { asker, trusted } = writing
  const statement = new Statement(asker)
  const id = statement.param(null)
  const selection = new Selection(statement, model, 't', 'trusted')
  for (const path of wholeRecord({ ...writing, asker: trusted }, model)) selection.add(path)
  selection.addLabel()
  const truth = (clause: Parameters<Statement['condition']>[0]) =>
    selection.read(`(${statement.condition(clause, model, 't', 'trusted')}) is true`)
  const allowed = truth(asker.ability.records(verb, model))
  const fits = when ? truth(conditionOn(model, when)) : () => true
  const conditional = new Map(
    fields.flatMap((name) => {
      const field = model.fields.get(name)
      const clause = field && asker.ability.field(verb, field)
      return typeof clause === 'object' ? [[name, truth(clause)] as const] : []
    }),
  )
  const readRule = statement.rule('read', model, 't')
  const text = `select ${selection.list} from "${model.table}" t ${selection.joins} where t."id" = ${id}${readRule ? ` and ${readRule}` : ''}`
  return { text, values: statement.values.slice(1), selection, allowed, fits, conditional }
}

export function atVersion(record: Values, version: number | undefined, model: ModelMeta): void {
  if (version === undefined || record.version === version) return
  throw new VersionMismatch(
    'record.changed',
    'Somebody else saved this {model} first: it is at version {stored}, you changed version {given}. Read it again and repeat your change.',
    {
      model: model.label.toLowerCase(),
      stored: record.version,
      given: version,
    },
  )
}

/** Reads related records as the system does, each once: for as long as nothing is written. */
export function loader(writing: Writing, transaction: Transaction): (model: ModelMeta, id: string) => Promise<Values | null> {
  const known = new Map<string, Values | null>()
  return async (model, id) => {
    const held = known.get(id)
    if (held !== undefined) return held
    const { text, selection } = related(writing.trusted, model, '', () => compileRelated(writing.trusted, model))
    const [row] = await transaction.run(text, [id])
    const record = row ? selection.shape(row, writing.asker.asking) : null
    known.set(id, record)
    return record
  }
}

const related = compiling<ReturnType<typeof compileRelated>>()

/** The id is the only parameter: without rules there are no others. */
function compileRelated(trusted: Asker, model: ModelMeta) {
  const statement = new Statement(trusted)
  const id = statement.param(null)
  const selection = new Selection(statement, model, 't', 'trusted')
  for (const field of model.fields.values())
    if (field.kind === 'one' || (field.kind === 'scalar' && field.column !== undefined)) selection.add(field.name)
  selection.addLabel()
  return { text: `select ${selection.list} from "${model.table}" t ${selection.joins} where t."id" = ${id}`, selection }
}

/** The record as code sees it, whatever its caller may see. */
export async function wholeTrusted(writing: Writing, transaction: Transaction, model: ModelMeta, id: string): Promise<Values> {
  const reading = { ...writing, asker: writing.trusted, run: transaction.run }
  return getRow(reading, model, id, wholeRecord(reading, model), true)
}

export function idOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? String((value as { id: unknown }).id) : String(value)
}
