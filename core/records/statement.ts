/** One SQL statement in the making: its parameters, and what a caller may not see kept out of it. */
import type { Ability } from '../access/ability.ts'
import type { Clause, Operator } from '../model/conditions.ts'
import { columnsOf } from '../model/entities.ts'
import { conditionOn, missing, operand } from '../model/matches.ts'
import type { AggregateOf, FieldMeta, ManyField, ModelMeta, OneField } from '../model/meta.ts'
import type { Asking } from '../model/placeholders.ts'
import { comparedWithOwn, namesOwnColumn } from './own-column.ts'

/** Who asks, when, in which language: everything a statement depends on besides the question. */
export interface Asker {
  readonly ability: Ability
  readonly asking: Asking
  /** BCP 47; checked where it enters, since it is written into the SQL so that an index can serve it. */
  readonly locale: string
}

export class Statement {
  readonly values: unknown[] = []
  readonly asker: Asker
  readonly #also: { readonly verb: string; readonly model: ModelMeta } | undefined
  readonly #few: ReadonlySet<FieldMeta> | undefined
  #aliases = 0

  /**
   * With `also`, fields of that model are seen only where that may be done to them besides: `export`. Relations that are `few` name few
   * records: those that are asked for are found first, so that an index of the relation and of something else is used for both.
   */
  constructor(asker: Asker, also?: { readonly verb: string; readonly model: ModelMeta }, few?: ReadonlySet<FieldMeta>) {
    this.asker = asker
    this.#also = also
    this.#few = few
  }

  /** The value as a parameter: `$3`. */
  param(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  alias(): string {
    this.#aliases += 1
    return `a${this.#aliases}`
  }

  /** The condition that keeps a caller to the records that the verb may be done to; undefined when that is all of them. */
  rule(verb: string, model: ModelMeta, alias: string, comingFrom?: string): string | undefined {
    const clause = this.asker.ability.records(verb, model, comingFrom)
    return isEverything(clause) ? undefined : this.condition(clause, model, alias, 'trusted')
  }

  /** The condition under which somebody who asks may read a field of a record; undefined when that is always. */
  readable(field: FieldMeta, alias: string, from: 'asked' | 'trusted'): string | undefined {
    const readable = from === 'asked' ? this.#permitted(field) : true
    if (readable === true) return undefined
    return readable === false ? 'false' : this.condition(readable, field.model, alias, 'trusted')
  }

  /**
   * A clause as SQL over `alias`. `asked` clauses come from a person: a field that a rule hides counts on no record where it
   * does, and a relation to a record that he may not read is empty, as it is shown. `trusted` ones are rules and declarations.
   */
  condition(clause: Clause, model: ModelMeta, alias: string, from: 'asked' | 'trusted'): string {
    if ('all' in clause)
      return clause.all.length === 0 ? 'true' : `(${clause.all.map((each) => this.condition(each, model, alias, from)).join(' and ')})`
    if ('any' in clause)
      return clause.any.length === 0 ? 'false' : `(${clause.any.map((each) => this.condition(each, model, alias, from)).join(' or ')})`
    // Three-valued logic ends here: what is neither true nor false is not true.
    if ('not' in clause) return `(${this.condition(clause.not, model, alias, from)}) is not true`
    if ('some' in clause) return this.#some(clause.some, clause.of, model, alias, from)
    return this.#leaf(clause.path, clause.operator, clause.value, model, alias, from)
  }

  /** The SQL of a field's value; undefined for one that exists in memory only. */
  value(field: FieldMeta, alias: string, from: 'asked' | 'trusted'): string | undefined {
    if (field.kind === 'one') return `${alias}."${field.column}"`
    if (field.kind === 'many') return undefined
    if (field.type === 'translated' && field.column) return translatedIn(`${alias}."${field.column}"`, this.asker.locale)
    if (field.column) return `${alias}."${field.column}"`
    if (field.sql) return `(${field.sql(columnsOf(field.model, alias))})`
    if (field.aggregate) return this.#aggregate(field.aggregate, field.model, alias, from)
    if (field.from) return this.#related(field.from, field.model, alias, from)
    return undefined
  }

  #permitted(field: FieldMeta): boolean | Clause {
    const { ability } = this.asker
    const readable = ability.field('read', field)
    if (field.model !== this.#also?.model) return readable
    const further = ability.field(this.#also.verb, field)
    if (readable === true || further === false) return further
    return further === true || readable === false ? readable : { all: [readable, further] }
  }

  /** The value as the asker sees it: empty where a rule hides the field of this record. */
  seen(field: FieldMeta, alias: string, from: 'asked' | 'trusted'): string | undefined {
    const sql = this.value(field, alias, from)
    if (sql === undefined || from === 'trusted') return sql
    const readable = this.readable(field, alias, from)
    return readable === undefined ? sql : `case when ${readable} then ${sql} end`
  }

  /** Whether the record that a relation names may be read; undefined where all may. */
  #seenAt(field: OneField, alias: string, from: 'asked' | 'trusted'): string | undefined {
    const inner = this.alias()
    const guard = this.#guard(field.target, inner, from)
    if (guard.length === 0) return undefined
    return `exists (select from "${field.target.table}" ${inner} where ${[`${inner}."id" = ${alias}."${field.column}"`, ...guard].join(' and ')})`
  }

  /** The id that a relation shows: empty where its record may not be read. */
  #shownId(field: OneField, alias: string, from: 'asked' | 'trusted'): string {
    const id = `${alias}."${field.column}"`
    const inner = this.alias()
    const guard = this.#guard(field.target, inner, from)
    return guard.length === 0
      ? id
      : `(select ${inner}."id" from "${field.target.table}" ${inner} where ${[`${inner}."id" = ${id}`, ...guard].join(' and ')})`
  }

  #leaf(path: readonly string[], operator: Operator, value: unknown, model: ModelMeta, alias: string, from: 'asked' | 'trusted'): string {
    const [head, ...rest] = path
    const field = model.fields.get(head!)
    if (!field) throw new TypeError(`"${model.name}" has no field "${head}".`)
    // Before anything is built: a parameter that the text does not use is an error to PostgreSQL.
    if (matchesNothing(operator, operand(value, this.asker.asking, operator))) return 'false'
    if (rest.length > 0) {
      if (field.kind !== 'one') throw new TypeError(`"${head}" of "${model.name}" is no to-one relation.`)
      if (rest.length > 1 || rest[0] !== 'id')
        return both(this.readable(field, alias, from), this.#through(field, rest, operator, value, alias, from))
    }
    if (field.kind === 'one' && !matchesEmpty(operator, operand(value, this.asker.asking, operator))) {
      // The column stands by itself, so that an index finds its value; of what it finds, what may be seen counts.
      const found = this.#compare(field, `${alias}."${field.column}"`, operator, value)
      return [this.readable(field, alias, from), this.#seenAt(field, alias, from)].reduceRight<string>((so, each) => both(each, so), found)
    }
    const sql = field.kind === 'one' ? this.#shownId(field, alias, from) : this.value(field, alias, from)
    if (sql === undefined) throw new TypeError(`"${head}" of "${model.name}" is made in memory and cannot be compared.`)
    return both(this.readable(field, alias, from), this.#compare(field, sql, operator, value))
  }

  #through(field: OneField, rest: readonly string[], operator: Operator, value: unknown, alias: string, from: 'asked' | 'trusted'): string {
    const column = `${alias}."${field.column}"`
    const inner = this.alias()
    const condition = this.#leaf(rest, operator, value, field.target, inner, from)
    const guard = this.#guard(field.target, inner, from)
    const within = (where: string) => {
      const ids = `select ${inner}."id" from "${field.target.table}" ${inner} where ${[where, ...guard].join(' and ')}`
      return from === 'asked' && this.#few?.has(field) ? `${column} = any(array(${ids}))` : `${column} in (${ids})`
    }
    // "Is not" and "is empty" are also true where there is no related record at all, or none to be seen.
    if (!matchesEmpty(operator, operand(value, this.asker.asking, operator))) return within(condition)
    if (guard.length > 0) return `(${within(`(${condition}) is not true`)}) is not true`
    return field.nullable ? `(${column} is null or ${within(condition)})` : within(condition)
  }

  #some(path: readonly string[], of: Clause, model: ModelMeta, alias: string, from: 'asked' | 'trusted'): string {
    const [head, ...rest] = path
    const field = model.fields.get(head!)
    if (!field || field.kind === 'scalar') throw new TypeError(`"${head}" of "${model.name}" is no relation.`)
    const inner = this.alias()
    const condition = rest.length > 0 ? this.#some(rest, of, field.target, inner, from) : this.condition(of, field.target, inner, from)
    const where = [condition, ...this.#guard(field.target, inner, from, wayBack(field))].join(' and ')
    // A record lies within one other, which is looked up by its id: all that it could be would be a list as long as the table.
    const matching =
      field.kind === 'one'
        ? `exists (select from "${field.target.table}" ${inner} where ${inner}."id" = ${alias}."${field.column}" and ${where})`
        : this.#manyIn(field, alias, inner, where)
    return both(this.readable(field, alias, from), matching)
  }

  #manyIn(field: ManyField, alias: string, inner: string, where: string): string {
    if (field.pivot) {
      const { table, own, other } = field.pivot
      return `${alias}."id" in (select "${own}" from "${table}" where "${other}" in (select ${inner}."id" from "${field.target.table}" ${inner} where ${where}))`
    }
    return `${alias}."id" in (select ${inner}."${columnOf(field.target, field.mappedBy!)}" from "${field.target.table}" ${inner} where ${where})`
  }

  #guard(model: ModelMeta, alias: string, from: 'asked' | 'trusted', comingFrom?: string): readonly string[] {
    const rule = from === 'asked' ? this.rule('read', model, alias, comingFrom) : undefined
    return rule ? [rule] : []
  }

  /** Of related records under the reader's own rule, and of what he may see of them; a rule itself takes all. */
  #aggregate({ of, extreme, where }: AggregateOf, model: ModelMeta, alias: string, from: 'asked' | 'trusted'): string {
    const many = model.fields.get(of) as ManyField
    const inner = this.alias()
    const value = extreme ? `${extreme.as}(${this.seen(many.target.fields.get(extreme.field)!, inner, from)})` : 'count(*)::int'
    const conditions = [
      relatedTo(many, alias, inner),
      ...(where ? [this.condition(conditionOn(many.target, where), many.target, inner, 'trusted')] : []),
      ...this.#guard(many.target, inner, from, wayBack(many)),
    ]
    return `(select ${value} from "${many.target.table}" ${inner} where ${conditions.join(' and ')})`
  }

  #related(path: readonly string[], model: ModelMeta, alias: string, from: 'asked' | 'trusted'): string | undefined {
    const [head, ...rest] = path
    const field = model.fields.get(head!)
    if (!field) return undefined
    if (rest.length === 0) return this.seen(field, alias, from)
    if (field.kind !== 'one') return undefined
    const inner = this.alias()
    const value = this.#related(rest, field.target, inner, from)
    const where = [
      `${inner}."id" = ${alias}."${field.column}"`,
      this.readable(field, alias, from),
      ...this.#guard(field.target, inner, from),
    ]
    return value && `(select ${value} from "${field.target.table}" ${inner} where ${where.filter(Boolean).join(' and ')})`
  }

  #compare(field: FieldMeta, sql: string, operator: Operator, raw: unknown): string {
    const value = operand(raw, this.asker.asking, operator)
    if (namesOwnColumn(value)) return comparedWithOwn(sql, sqlType(field), operator, value, (each) => this.param(each))
    if (Array.isArray(value) && operator === '$eq') return this.#compare(field, sql, '$in', value)
    if (Array.isArray(value) && operator === '$ne') return this.#compare(field, sql, '$nin', value)
    const type = sqlType(field)
    switch (operator) {
      case '$eq':
        return value === null ? `${sql} is null` : `${sql} = ${this.param(value)}::${type}`
      case '$ne':
        return value === null ? `${sql} is not null` : `${sql} is distinct from ${this.param(value)}::${type}`
      case '$in':
        return `${sql} = any(${this.param(asList(value))}::${type}[])`
      case '$nin':
        return `(${sql} is null or ${sql} <> all(${this.param(asList(value))}::${type}[]))`
      case '$null':
        return value ? `${sql} is null` : `${sql} is not null`
      case '$contains':
        return `tessera_plain(${sql}) like tessera_plain(${this.param(`%${likeLiteral(String(value))}%`)})`
      case '$startsWith':
        return `tessera_plain(${sql}) like tessera_plain(${this.param(`${likeLiteral(String(value))}%`)})`
      default:
        return `${sql} ${comparisons[operator]} ${this.param(value)}::${type}`
    }
  }
}

const comparisons = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const

export function isEverything(clause: Clause): boolean {
  return 'all' in clause && clause.all.length === 0
}

function both(first: string | undefined, second: string): string {
  return first === undefined ? second : `(${first} and ${second})`
}

/** Nothing equals, or is greater than, what is not there. */
function matchesNothing(operator: Operator, value: unknown): boolean {
  return value === missing || (value === null && operator in comparisons)
}

/** Whether the operator is also true of an empty value. */
function matchesEmpty(operator: Operator, value: unknown): boolean {
  return (
    (operator === '$ne' && value !== null) ||
    operator === '$nin' ||
    (operator === '$eq' && value === null) ||
    (operator === '$null' && Boolean(value))
  )
}

/** Without nulls, which would make SQL's answer unknown: "is none of" says nothing about emptiness. */
function asList(value: unknown): readonly unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((each) => each !== null)
}

/** `%`, `_` and `\` mean themselves. Composed: the database takes accents off composed letters. */
function likeLiteral(text: string): string {
  return text.normalize('NFC').replace(/[\\%_]/g, (sign) => `\\${sign}`)
}

/** The relation by which related records name the one that they are asked of, which its reader may read: else he would not come to them. */
function wayBack(field: OneField | ManyField): string | undefined {
  return field.kind === 'many' && !field.pivot ? field.mappedBy : undefined
}

/** The join condition between a record and its to-many relation. */
export function relatedTo(field: ManyField, alias: string, inner: string): string {
  return field.pivot
    ? `${inner}."id" in (select "${field.pivot.other}" from "${field.pivot.table}" where "${field.pivot.own}" = ${alias}."id")`
    : `${inner}."${columnOf(field.target, field.mappedBy!)}" = ${alias}."id"`
}

export function columnOf(model: ModelMeta, name: string): string {
  const field = model.fields.get(name)
  if (!field || field.kind === 'many' || field.column === undefined) throw new TypeError(`"${name}" of "${model.name}" has no column.`)
  return field.column
}

/** A translated text in the reader's language, else in English, else in any. */
function translatedIn(column: string, locale: string): string {
  const chain = [...new Set([locale, locale.split('-')[0]!, 'en'])].filter((each) => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(each))
  return `coalesce(${chain.map((each) => `${column}->>'${each}'`).join(', ')})`
}

const sqlTypes = {
  string: 'text',
  text: 'text',
  enum: 'text',
  integer: 'integer',
  float: 'double precision',
  decimal: 'numeric',
  boolean: 'boolean',
  datetime: 'timestamptz',
  date: 'date',
  uuid: 'uuid',
  json: 'jsonb',
  texts: 'text[]',
  translated: 'text',
} as const
function sqlType(field: FieldMeta): string {
  return field.kind === 'scalar' ? sqlTypes[field.type] : 'uuid'
}
