/** Clauses with their answers from the database: each is asked in SQL as the decision itself is, so that no explanation can disagree with it. */
import { unlimited } from '../access/ability.ts'
import type { Clause } from '../model/conditions.ts'
import { missing, operand } from '../model/matches.ts'
import { fieldsAlong, type ModelMeta } from '../model/meta.ts'
import { type Asking, isPlaceholder } from '../model/placeholders.ts'
import type { ClauseTruth } from './explanation.ts'
import type { Run } from './read.ts'
import { Selection } from './selection.ts'
import { type Asker, Statement } from './statement.ts'

/** What was found of the record: the answers by number, and its values by path. Undefined when no record was asked about. */
export interface Found {
  readonly answers: readonly boolean[]
  readonly values: Readonly<Record<string, unknown>>
}
type Told<T> = (found: Found | undefined) => T

/** Gathers questions about one record, and asks them all at once. */
export class Questions {
  readonly #model: ModelMeta
  readonly #asker: Asker
  readonly #statement: Statement
  readonly #sql: string[] = []
  readonly #paths = new Set<string>()

  /** `asker` is whoever is explained: his own values stand for the placeholders, his language for translated texts. */
  constructor(model: ModelMeta, asker: Asker) {
    this.#model = model
    this.#asker = asker
    this.#statement = new Statement(asker)
  }

  /** Whether the clause holds for the record. */
  holds(clause: Clause): Told<boolean | null> {
    const at = this.#sql.push(`(${this.#statement.condition(clause, this.#model, 't', 'trusted')}) is true`) - 1
    return (found) => (found ? found.answers[at] === true : null)
  }

  /** The same for all its parts. */
  tree(clause: Clause): Told<ClauseTruth> {
    return this.#tree(clause, this.#model, [], (whole) => whole)
  }

  /** Undefined when there is no such record. `locale` is the language of labels. */
  async ask(run: Run, id: string, locale: string): Promise<Found | undefined> {
    const record = this.#statement.param(id)
    const table = `"${this.#model.table}" t`
    const [[truth], values] = await Promise.all([
      run(`select array[${this.#sql.join(', ')}]::boolean[] as c0 from ${table} where t."id" = ${record}`, this.#statement.values),
      this.#values(run, id, locale),
    ])
    return truth && values && { answers: truth.c0 as readonly boolean[], values }
  }

  async #values(run: Run, id: string, locale: string): Promise<Found['values'] | undefined> {
    const asker = { ability: unlimited, asking: this.#asker.asking, locale }
    const statement = new Statement(asker)
    const selection = new Selection(statement, this.#model, 't', 'trusted')
    for (const path of this.#paths) selection.add(path)
    selection.addLabel()
    const record = statement.param(id)
    const [row] = await run(
      `select ${selection.list} from "${this.#model.table}" t ${selection.joins} where t."id" = ${record}`,
      statement.values,
    )
    return row && selection.shape(row, asker.asking)
  }

  /** `at` is the way from the record to what the clause speaks of; undefined behind a to-many relation, where values are many. */
  #tree(clause: Clause, model: ModelMeta, at: readonly string[] | undefined, wrap: (clause: Clause) => Clause): Told<ClauseTruth> {
    const holds = this.holds(wrap(clause))
    const { asking } = this.#asker
    if ('path' in clause) {
      const value = at && this.#value(model, at, clause.path)
      const { path, operator } = clause
      const wanted = wantedBy(clause.value, asking)
      return (found) => ({ kind: 'is', path, operator, wanted, ...(value && found && { value: value(found) }), holds: holds(found) })
    }
    if ('some' in clause) {
      const fields = fieldsAlong(model, clause.some)
      const target = fields.at(-1)
      if (!target || target.kind === 'scalar') throw new TypeError(`"${clause.some.join('.')}" of "${model.name}" is no relation.`)
      const inner = fields.every(({ kind }) => kind === 'one') ? at && [...at, ...clause.some] : undefined
      const related = at && this.#read([...at, ...clause.some])
      const isAny = 'all' in clause.of && clause.of.all.length === 0
      const of = isAny ? [] : [this.#tree(clause.of, target.target, inner, (each) => wrap({ some: clause.some, of: each }))]
      return (found) => ({
        kind: 'some',
        path: clause.some,
        of: of.map((each) => each(found)),
        related: related && found ? labelsIn(related(found)) : null,
        holds: holds(found),
      })
    }
    const kind = 'all' in clause ? 'all' : 'any' in clause ? 'any' : 'not'
    const parts = 'all' in clause ? clause.all : 'any' in clause ? clause.any : [clause.not]
    const of = parts.map((each) => this.#tree(each, model, at, wrap))
    return (found) => ({ kind, of: of.map((each) => each(found)), holds: holds(found) })
  }

  /** What the record has at a path; the id or code of a related record stands for the record. */
  #value(model: ModelMeta, at: readonly string[], path: readonly string[]): ((found: Found) => unknown) | undefined {
    const fields = fieldsAlong(model, path)
    const last = fields.at(-1)
    if (!last || last.only) return undefined
    const owner = fields.at(-2)
    const isName = last.name === 'id' || (owner?.kind === 'one' && last.name === owner.target.code)
    return this.#read([...at, ...(isName ? path.slice(0, -1) : path)])
  }

  #read(path: readonly string[]): (found: Found) => unknown {
    if (path.length === 0) return ({ values }) => ({ id: values.id, label: values.label })
    this.#paths.add(path.join('.'))
    return ({ values }) => shown(path.reduce<unknown>((value, step) => (value as Found['values'] | null | undefined)?.[step], values))
  }
}

/** Without the fields of a related record that other clauses asked for. */
function shown(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== 'object' || value === null || value instanceof Date || !('label' in value && 'id' in value)) return value
  return { id: value.id, label: value.label }
}

function labelsIn(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]
  return all.map((each) => String((each as { label?: unknown }).label ?? ''))
}

function wantedBy(source: unknown, asking: Asking) {
  const value = operand(source, asking)
  const empty = value === missing
  return { source: isPlaceholder(source) ? { ...source } : withoutNames(source), value: empty ? null : value, empty }
}

/** Shipped records as JSON has them: by their ids. Placeholders stay what they are. */
function withoutNames(source: unknown): unknown {
  if (Array.isArray(source)) return source.map(withoutNames)
  return isPlaceholder(source) ? { ...source } : operand(source, { me: {}, now: new Date(0) })
}
