/** What a query takes out of the database, and how its flat rows become records again. */

import { instant } from '../database/connection.ts'
import { type FieldMeta, isShared, type ManyField, type ModelMeta, type OneField, type ScalarField } from '../model/meta.ts'
import type { Asking } from '../model/placeholders.ts'
import type { Given } from '../model/types.ts'
import { relatedTo, type Statement } from './statement.ts'
import { isFilled } from './unfilled.ts'

export type Row = Readonly<Record<string, unknown>>
/** Columns are numbered, so that a row may come as an object, as an array or as JSON: for its readers it is all the same. */
type Reader = (row: Row) => unknown

/** The related records of a to-many field that come along with a record. */
const mostRelated = 100

export class Selection {
  readonly #statement: Statement
  readonly #joins: string[] = []
  readonly #aliases = new Map<string, string>()
  /** Aliases of joins that may bring nothing. */
  readonly #uncertain = new Set<string>()
  readonly #columns: string[] = []
  readonly #root: Shape

  /** True when the rows come as JSON, where instants are texts. */
  readonly isJson: boolean

  /** `groups` leave the id out, which would make every record a group of its own. */
  constructor(
    statement: Statement,
    model: ModelMeta,
    alias: string,
    from: 'asked' | 'trusted',
    as: 'records' | 'groups' | 'json' = 'records',
    instants: Instants = 'dates',
  ) {
    this.#statement = statement
    this.isJson = as === 'json'
    this.#root = this.#shape(model, alias, from, instants)
    if (as !== 'groups') this.#root.keep('id', this.read(`${alias}."id"`))
  }

  /** Adds a field or a path; the shaped record then has it. Throws a TypeError for a path that boot checks should have refused. */
  add(path: string): void {
    this.#root.add(path.split('.'))
  }
  /** Adds a column as it is. */
  keep(name: string, sql: string): void {
    this.#root.keep(name, this.read(sql))
  }
  /** Adds the record's own label as `label`. */
  addLabel(): void {
    this.#root.keep('label', this.#root.label())
  }
  /** The expression of a path for ordering and grouping; relations on the way are joined. */
  expression(path: string): Expression {
    return this.#root.expression(path.split('.'))
  }
  /** A reader of a further column. */
  read(sql: string): Reader {
    const known = this.#columns.indexOf(sql)
    const at = known >= 0 ? known : this.#columns.push(sql) - 1
    return (row) => row[at]
  }
  /** A reader of the record that an expression names, which the asker may read, as `{ id, label }`. */
  readOne(model: ModelMeta, id: string): Reader {
    const alias = this.#statement.alias()
    this.#joins.push(`left join "${model.table}" ${alias} on ${alias}."id" = ${id}`)
    const one = this.#shape(model, alias, 'asked', 'dates').asOne()
    return (row) => one.buildOne(row, { me: {}, now: new Date(0) })
  }
  /** The id of the record that a to-one relation names, joined as far as the asker may read it. */
  shownId(path: string): string {
    return this.#root.shownId(path.split('.'))
  }
  /**
   * The id of each record that a to-many relation with a table between names, as far as the asker may read it: their record comes once for
   * each of them, and once with none.
   */
  eachOf(path: string): string {
    return this.#root.eachOf(path.split('.'))
  }
  /** The number of the column that an expression is. */
  column(sql: string): number {
    this.read(sql)
    return this.#columns.indexOf(sql)
  }

  /** Whether each row has a record under the alias. */
  isSure(alias: string): boolean {
    return !this.#uncertain.has(alias)
  }

  get list(): string {
    return this.#columns.map((sql, at) => `${sql} as "${at}"`).join(', ')
  }
  get columns(): readonly string[] {
    return this.#columns
  }
  get joins(): string {
    return this.#joins.join(' ')
  }
  shape(row: Row, asking: Asking): Record<string, unknown> {
    return this.#root.build(row, asking)
  }

  /** Joins what a table between names, for a shape; the column with the ids. */
  joinEach(field: ManyField & { readonly pivot: NonNullable<ManyField['pivot']> }, at: string, from: 'asked' | 'trusted'): string {
    const { table, own, other } = field.pivot
    const [each, inner] = [this.#statement.alias(), this.#statement.alias()]
    const rule = from === 'asked' ? this.#statement.rule('read', field.target, inner) : undefined
    // What he may not read is left out before: a record with nothing else stands among those without.
    const seen = rule
      ? `(select b.* from "${table}" b join "${field.target.table}" ${inner} on ${inner}."id" = b."${other}" where ${rule})`
      : `"${table}"`
    const conditions = [`${each}."${own}" = ${at}."id"`, this.#statement.readable(field, at, from)].filter((each) => each !== undefined)
    this.#joins.push(`left join ${seen} ${each} on ${conditions.join(' and ')}`)
    return `${each}."${other}"`
  }

  #shape(model: ModelMeta, alias: string, from: 'asked' | 'trusted', instants: Instants): Shape {
    return new Shape(this, this.#statement, model, alias, from, instants, (field, at, as, theirs) =>
      this.#shape(field.target, this.#joined(field, at, as), as, theirs),
    )
  }

  /** Joins a relation once, however many parts of the record need it. */
  #joined(field: OneField, at: string, from: 'asked' | 'trusted'): string {
    const key = `${at}.${field.column} ${from}`
    let inner = this.#aliases.get(key)
    if (!inner) {
      inner = this.#statement.alias()
      this.#aliases.set(key, inner)
      const guards = [
        from === 'asked' ? this.#statement.rule('read', field.target, inner) : undefined,
        this.#statement.readable(field, at, from),
      ]
      const conditions = [`${inner}."id" = ${at}."${field.column}"`, ...guards.filter((guard) => guard !== undefined)]
      // Where there is always one to be seen, PostgreSQL may begin with the related records: with the first by name, to sort by it.
      const isSure = conditions.length === 1 && !field.nullable && field.constrained && isFilled(field) && this.isSure(at)
      if (!isSure) this.#uncertain.add(inner)
      this.#joins.push(`${isSure ? '' : 'left '}join "${field.target.table}" ${inner} on ${conditions.join(' and ')}`)
    }
    return inner
  }
}

export interface Expression {
  readonly sql: string
  readonly field: FieldMeta
  /** It is the value of a column, of a record that there always is and that may be seen, and never empty. */
  readonly always: boolean
}

/** As what instants are given: a list that is written as JSON at once takes texts, which cost it a third of what Dates do. */
export type Instants = 'dates' | 'texts'

type Join = (field: OneField, alias: string, from: 'asked' | 'trusted', instants: Instants) => Shape

/** One record's part of a row: its own values and those of the relations joined to it. */
class Shape {
  readonly #selection: Selection
  readonly #statement: Statement
  readonly #model: ModelMeta
  readonly #alias: string
  readonly #from: 'asked' | 'trusted'
  readonly #instants: Instants
  readonly #join: Join
  readonly #keys: string[] = []
  readonly #readers: ((row: Row, asking: Asking) => unknown)[] = []
  readonly #ones = new Map<string, Shape>()

  constructor(
    selection: Selection,
    statement: Statement,
    model: ModelMeta,
    alias: string,
    from: 'asked' | 'trusted',
    instants: Instants,
    join: Join,
  ) {
    this.#selection = selection
    this.#statement = statement
    this.#model = model
    this.#alias = alias
    this.#from = from
    this.#instants = instants
    this.#join = join
  }

  keep(name: string, reader: (row: Row, asking: Asking) => unknown): void {
    if (this.#keys.includes(name)) return
    this.#keys.push(name)
    this.#readers.push(reader)
  }

  add(path: readonly string[]): void {
    const [head, ...rest] = path
    const field = this.#field(head!)
    if (field.kind === 'one') {
      const one = this.#one(field)
      if (rest.length > 0) one.add(rest)
      this.keep(field.name, (row, asking) => one.buildOne(row, asking))
    } else if (field.kind === 'many') this.keep(field.name, this.#many(field))
    else this.keep(field.name, this.#scalar(field))
  }

  shownId(path: readonly string[]): string {
    const [head, ...rest] = path
    const field = this.#field(head!)
    if (field.kind !== 'one') throw new TypeError(`"${path.join('.')}" is no to-one relation.`)
    const related = this.#through(field)
    return rest.length > 0 ? related.shownId(rest) : `${related.#alias}."id"`
  }

  eachOf(path: readonly string[]): string {
    const [head, ...rest] = path
    const field = this.#field(head!)
    if (rest.length > 0 && field.kind === 'one') return this.#through(field).eachOf(rest)
    if (rest.length > 0 || !isShared(field)) throw new TypeError(`"${path.join('.')}" is no relation with a table between.`)
    return this.#selection.joinEach(field, this.#alias, this.#from)
  }

  /** With the id and the label alone. */
  asOne(): this {
    this.keep('id', this.#selection.read(`${this.#alias}."id"`))
    this.keep('label', this.label())
    return this
  }

  expression(path: readonly string[]): Expression {
    const [head, ...rest] = path
    const field = this.#field(head!)
    if (rest.length > 0) {
      if (field.kind !== 'one') throw new TypeError(`"${head}" of "${this.#model.name}" is no to-one relation.`)
      return this.#through(field).expression(rest)
    }
    const sql = this.#statement.seen(field, this.#alias, this.#from)
    if (sql === undefined) throw new TypeError(`"${head}" of "${this.#model.name}" has no value in the database.`)
    const isColumn = field.kind !== 'many' && sql === `${this.#alias}."${field.column}"`
    return { sql, field, always: isColumn && !field.nullable && this.#selection.isSure(this.#alias) }
  }

  label(): (row: Row, asking: Asking) => unknown {
    const field = this.#model.title.field === undefined ? undefined : this.#field(this.#model.title.field)
    if (field?.kind === 'scalar' && field.column !== undefined && field.type !== 'datetime') return this.#text(field)
    const label = this.#given(this.#model.title, this.#from)
    if (this.#from === 'trusted') return label
    return (row, asking) => {
      try {
        return label(row, asking)
      } catch (error) {
        // A field that the reader may not see is empty, which the label's code need not have expected.
        if (error instanceof TypeError) return ''
        throw error
      }
    }
  }

  build(row: Row, asking: Asking): Record<string, unknown> {
    const record: Record<string, unknown> = {}
    for (let at = 0; at < this.#keys.length; at++) record[this.#keys[at]!] = this.#readers[at]!(row, asking)
    return record
  }
  /** Null where there is none, or none that the asker may read: both look the same. */
  buildOne(row: Row, asking: Asking): Record<string, unknown> | null {
    const [id, label] = this.#readers
    const key = id!(row, asking) ?? null
    if (key === null) return null
    return this.#keys.length === 2 ? { id: key, label: label!(row, asking) } : this.build(row, asking)
  }

  #field(name: string): FieldMeta {
    const field = this.#model.fields.get(name)
    if (!field) throw new TypeError(`"${this.#model.name}" has no field "${name}".`)
    return field
  }

  /** The joined relation on the way to something behind it: its own id and label would make groups of their own. */
  #through(field: OneField): Shape {
    return this.#join(field, this.#alias, this.#from, this.#instants)
  }

  /** The joined relation, with its id and label. */
  #one(field: OneField): Shape {
    let one = this.#ones.get(field.name)
    if (!one) {
      one = this.#join(field, this.#alias, this.#from, this.#instants).asOne()
      this.#ones.set(field.name, one)
    }
    return one
  }

  /** A label that is one field: what the code of the title makes of it, without the record that it would be given. */
  #text(field: ScalarField): Reader {
    const id = this.#selection.read(`${this.#alias}."id"`)
    const read = this.#selection.read(this.#statement.seen(field, this.#alias, this.#from) ?? 'null')
    return (row) => {
      if (id(row) === null) return null
      const value = read(row)
      return typeof value === 'string' ? value : String(value ?? '')
    }
  }

  #scalar(field: ScalarField): (row: Row, asking: Asking) => unknown {
    if (field.column === undefined && field.compute) {
      const computed = this.#given(field.compute, 'trusted')
      const readable = this.#statement.readable(field, this.#alias, this.#from)
      if (readable === undefined) return computed
      const isReadable = this.#selection.read(`(${readable})`)
      return (row, asking) => (isReadable(row) === true ? computed(row, asking) : null)
    }
    const read = this.#selection.read(this.#statement.seen(field, this.#alias, this.#from) ?? 'null')
    if (field.type !== 'datetime') return read
    return this.#instants === 'texts' ? (row) => textOf(read(row)) : (row) => dateOf(read(row))
  }

  /**
   * A value made in memory from what it needs. A label shows its fields, so it needs the reader's right to them; a
   * computed field is a fact of its own, whose code sees its needs whatever the reader may see.
   */
  #given({ needs, code }: Given<never, unknown>, from: 'asked' | 'trusted'): (row: Row, asking: Asking) => unknown {
    const seen = new Shape(this.#selection, this.#statement, this.#model, this.#alias, from, 'dates', this.#join)
    seen.keep('id', this.#selection.read(`${this.#alias}."id"`))
    for (const need of needs) seen.add(need.split('.'))
    const run = code as (seen: object, context: { now: Date; isNew: boolean }) => unknown
    return (row, asking) => {
      const values = seen.build(row, asking)
      return values.id === null ? null : run(values, { now: asking.now, isNew: false })
    }
  }

  /** The related records as `{ id, label }`, gathered as JSON beside their record. */
  #many(field: ManyField): (row: Row, asking: Asking) => unknown {
    const inner = this.#statement.alias()
    const related = new Selection(this.#statement, field.target, inner, this.#from, 'json')
    related.addLabel()
    const columns = related.columns.map((_, at) => `r."${at}"`).join(', ')
    const rule = this.#from === 'asked' ? this.#statement.rule('read', field.target, inner) : undefined
    const readable = this.#statement.readable(field, this.#alias, this.#from)
    const where = [relatedTo(field, this.#alias, inner), rule, readable].filter(Boolean).join(' and ')
    const read = this.#selection.read(
      `(select coalesce(json_agg(json_build_array(${columns})), '[]') from (select ${related.list} from "${field.target.table}" ${inner} ${related.joins} where ${where} order by ${related.columns.length > 1 ? '2, 1' : '1'} limit ${mostRelated}) r)`,
    )
    return (row, asking) => (read(row) as readonly Row[]).map((values) => related.shape(values, asking))
  }
}

/** An instant as it stands in a row: a Date, as PostgreSQL writes it or as its JSON does. */
function dateOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return value[10] === 'T' ? new Date(value) : instant(value)
}

/** The same as `toJSON` of the Date writes it; from `2024-04-01 12:00:00.5+00` by its digits. Years that have not four are left to it. */
export function textOf(value: unknown): unknown {
  if (typeof value !== 'string') return value instanceof Date ? value.toJSON() : value
  if (value.length < 22 || value[10] !== ' ' || !value.endsWith('+00')) return (dateOf(value) as Date).toJSON()
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${value.slice(20, -3).padEnd(3, '0').slice(0, 3)}Z`
}
