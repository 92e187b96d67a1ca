/** Conditions as people read them: "Team is one of the user’s teams and Status · Category is not Closed". */
import {
  type Clause,
  conditionOn,
  type FieldMeta,
  fieldsAlong,
  isPlaceholder,
  labelOf,
  type ModelMeta,
  nameInMe,
  operand,
  optionCode,
  type Placeholder,
  type Services,
} from '@tessera/core'

/** What words need: the reader's language and time zone, what is installed, and records whose labels he may see. */
export type Reader = Pick<Services, 'records' | 'text' | 'app' | 'context'>
export type Comparison = Extract<Clause, { path: unknown }>

/** What a condition on a model says. Records that it names stand there by their labels, where the reader may read them. */
export function conditionInWords(reader: Reader, model: ModelMeta, where: object): Promise<string> {
  return clauseInWords(reader, model, conditionOn(model, where))
}

/** The same of a condition that is taken apart; `nested` puts what is joined into parentheses. */
export async function clauseInWords(reader: Reader, model: ModelMeta, clause: Clause, nested = false): Promise<string> {
  const { text } = reader
  const joined = async (clauses: readonly Clause[], word: string): Promise<string> => {
    const each = await Promise.all(clauses.map((one) => clauseInWords(reader, model, one, nested || clauses.length > 1)))
    const all = each.join(` ${text(word)} `)
    return nested && each.length > 1 ? `(${all})` : all
  }
  if ('all' in clause)
    return clause.all.length === 0
      ? text('base.condition.every', { model: labelOf(model, text).toLowerCase() })
      : joined(clause.all, 'base.condition.and')
  if ('any' in clause) return clause.any.length === 0 ? text('base.condition.none') : joined(clause.any, 'base.condition.or')
  if ('not' in clause) {
    if ('some' in clause.not && isEverything(clause.not.of))
      return `${pathInWords(reader, model, clause.not.some)} ${text('base.condition.is_empty')}`
    return text('base.condition.not', { condition: await clauseInWords(reader, model, clause.not) })
  }
  if ('some' in clause) return someInWords(reader, model, clause)
  return comparisonInWords(reader, model, clause)
}

/** One comparison taken apart: "Team", "is one of", "the user’s teams". */
export async function comparisonParts(
  reader: Reader,
  model: ModelMeta,
  comparison: Comparison,
): Promise<{ readonly subject: string; readonly operator: string; readonly value: string }> {
  const { text } = reader
  const { path, operator, value } = comparison
  const { subject, target, by, last } = subjectOf(reader, model, path)
  if (value === null || operator === '$null') {
    const isEmpty = operator === '$null' ? value === true : operator !== '$ne'
    return { subject, operator: text(isEmpty ? 'base.condition.is_empty' : 'base.condition.is_set'), value: '' }
  }
  const values = Array.isArray(value) ? value : [value]
  const known = target ? await labelsOf(reader, target, by, values) : new Map<unknown, string>()
  const said = values.map((each) =>
    isPlaceholder(each) ? placeholderInWords(reader, each) : (known.get(written(each)) ?? valueInWords(reader, last, written(each))),
  )
  return { subject, operator: text(operatorCode(reader, operator, value, last)), value: said.join(', ') }
}

/** The labels of the fields on the way: "Status · Category". A record's id or code stands for the record. */
export function pathInWords(reader: Reader, model: ModelMeta, path: readonly string[]): string {
  return subjectOf(reader, model, path).subject
}

/** What a value that is not known yet stands for: "the user", "the user’s teams", "7 days ago". */
export function placeholderInWords({ text, app }: Reader, placeholder: Placeholder): string {
  if (placeholder.placeholder === 'now') return agoInWords(text, placeholder.agoMs)
  if (placeholder.field === 'id') return text('base.condition.the_user')
  const fields = [...(app.models.actor?.fields.values() ?? [])]
  const field = fields.find((each) => nameInMe(each) === placeholder.field)
  return text('base.condition.of_user', { field: field ? labelOf(field, text).toLowerCase() : placeholder.field })
}

async function comparisonInWords(reader: Reader, model: ModelMeta, comparison: Comparison): Promise<string> {
  const { subject, operator, value } = await comparisonParts(reader, model, comparison)
  return [subject, operator, value].filter((each) => each !== '').join(' ')
}

async function someInWords(reader: Reader, model: ModelMeta, { some, of }: Extract<Clause, { some: unknown }>): Promise<string> {
  const { text } = reader
  const field = fieldsAlong(model, some).at(-1)
  const label = pathInWords(reader, model, some)
  if (!field || field.kind === 'scalar') return label
  if (isEverything(of)) return `${label} ${text('base.condition.is_set')}`
  if ('path' in of && of.path.length === 1 && (of.path[0] === 'id' || of.path[0] === field.target.code)) {
    const { operator, value } = await comparisonParts(reader, model, { ...of, path: [...some, ...of.path] })
    return [text('base.condition.one_of', { of: label }), operator, value].join(' ')
  }
  const condition = await clauseInWords(reader, field.target, of, field.kind === 'one')
  return text(field.kind === 'one' ? 'base.condition.which' : 'base.condition.some', { of: label, condition })
}

function subjectOf({ text }: Reader, model: ModelMeta, path: readonly string[]) {
  const steps = fieldsAlong(model, path)
  const last = steps.at(-1)
  const owner = steps.at(-2)
  // "Type is Complaint", however the record was named; of a model's own records it is "Ticket is …".
  const target = owner && owner.kind !== 'scalar' ? owner.target : undefined
  const names = last !== undefined && (last.name === 'id' || (target !== undefined && last.name === target.code))
  const shown = (names ? steps.slice(0, -1) : steps).map((field) => labelOf(field, text))
  return {
    subject: shown.length > 0 ? shown.join(' · ') : labelOf(model, text),
    target: names ? (target ?? model) : last && last.kind !== 'scalar' ? last.target : undefined,
    by: names ? last.name : 'id',
    last,
  }
}

/** The labels of related records that the reader may read, by what names them; all in one question. */
async function labelsOf(
  { records }: Reader,
  target: ModelMeta,
  by: string,
  values: readonly unknown[],
): Promise<ReadonlyMap<unknown, string>> {
  const wanted = values.flatMap((each) => {
    const value = isPlaceholder(each) ? undefined : written(each)
    return typeof value === 'string' ? [value] : []
  })
  if (wanted.length === 0) return new Map()
  const { rows } = await records.query(target.handle, { fields: [by], where: { [by]: { $in: wanted } }, limit: 200, label: true } as never)
  const found = rows as unknown as readonly Readonly<Record<string, unknown>>[]
  return new Map(found.flatMap((row) => (typeof row.label === 'string' && row.label !== '' ? [[row[by], row.label] as const] : [])))
}

function valueInWords({ text, context }: Reader, field: FieldMeta | undefined, value: unknown): string {
  if (value === null) return text('base.condition.empty')
  if (typeof value === 'boolean') return text(value ? 'base.condition.yes' : 'base.condition.no')
  if (value instanceof Date)
    return value.toLocaleString(context.locale, { timeZone: context.zone, dateStyle: 'medium', timeStyle: 'short' })
  if (typeof value === 'string' && field?.kind === 'scalar' && field.values?.includes(value)) return text(optionCode(field, value))
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}

/** "Equals" several values is "is one of"; of days and instants more is later. */
function operatorCode({ app }: Reader, operator: string, value: unknown, field: FieldMeta | undefined): string {
  const name = operator.slice(1)
  if (isPlaceholder(value) && value.placeholder === 'me' && isMany(app.models.actor, value.field)) {
    if (name === 'eq') return 'base.condition.operator.in'
    if (name === 'ne') return 'base.condition.operator.nin'
  }
  const isTime = field?.kind === 'scalar' && (field.type === 'date' || field.type === 'datetime')
  return `base.condition.operator.${isTime && /^[gl]te?$/.test(name) ? `time_${name}` : name}`
}

function isMany(actor: ModelMeta | undefined, name: string): boolean {
  return [...(actor?.fields.values() ?? [])].some((field) => field.kind === 'many' && nameInMe(field) === name)
}

function agoInWords(text: Reader['text'], agoMs: number): string {
  if (agoMs === 0) return text('base.condition.now')
  const minutes = Math.round(agoMs / 60_000)
  if (minutes % 1440 === 0) return text('base.condition.days_ago', { count: minutes / 1440 })
  if (minutes % 60 === 0) return text('base.condition.hours_ago', { count: minutes / 60 })
  return text('base.condition.minutes_ago', { count: minutes })
}

/** A shipped record by its id. */
function written(value: unknown): unknown {
  return operand(value, { me: {}, now: new Date(0) })
}

function isEverything(clause: Clause): boolean {
  return 'all' in clause && clause.all.length === 0
}
