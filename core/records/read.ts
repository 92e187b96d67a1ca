/** The one read path: a question becomes one SQL statement, its rows become plain records. */
import type { How } from '../database/connection.ts'
import { BadRequest, NotFound } from '../errors.ts'
import type { Clause } from '../model/conditions.ts'
import { shippedKey } from '../model/define.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import type { Screens } from '../view/composed.ts'
import { about } from './about.ts'
import { askedClause, demandField, readableField } from './asked.ts'
import { compiling, numberOf, valuesNow } from './compiled.ts'
import { conjuncts, fewAsked, foundByIndexes, isSeenBy } from './few.ts'
import { type Key, keyset, openCursor, orderBy, type Page, sealCursor, shapeOf, valuesOf } from './keyset.ts'
import { keysOf, orderOf, type Wanted } from './order.ts'
import type { Rows } from './records.ts'
import { type Instants, type Row, Selection } from './selection.ts'
import { type Asker, Statement } from './statement.ts'
import { apart, combinationsOf, type Lead, leadsOf, walked } from './walk.ts'
import type { Withheld } from './withheld.ts'
import { findRelated, type Sought, words } from './words.ts'

/** Runs a statement, in the current transaction when there is one. */
export type Run = (text: string, values: readonly unknown[], how?: How) => Promise<readonly Row[]>

/** Where a question comes from: people's are checked against what they may read, the system's are not. */
export interface Reading {
  readonly run: Run
  readonly asker: Asker
  /** IANA time zone of the reader: where days and months begin. */
  readonly zone: string
  /** What `q` looks through. */
  readonly screens: (model: ModelMeta) => Screens
  readonly withheld?: Pick<Withheld, 'ids' | 'moduleOf'> | undefined
  /** Whoever asks; what he has written himself he is told of at once. */
  readonly actor?: string | null
}
interface Question {
  readonly fields?: readonly string[] | undefined
  readonly where?: unknown
  readonly order?: Readonly<Record<string, 'asc' | 'desc' | undefined>> | undefined
  readonly q?: string | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly total?: boolean | 'about' | undefined
  readonly may?: string | undefined
  /** Each row also gets its own label. */
  readonly label?: boolean | undefined
  readonly instants?: Instants | undefined
  /** Without records that nobody can choose anew. */
  readonly offered?: boolean | undefined
  readonly fitted?: boolean | undefined
}

/** Counting stops here: "10,000+". */
const mostCounted = 10_000

export async function queryRows(reading: Reading, model: ModelMeta, question: Question): Promise<Rows<Record<string, unknown>>> {
  const { asker } = reading
  const limit = question.limit ?? 50
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    throw new BadRequest('request.limit', 'The limit is a whole number from 1 to 200, not {limit}.', { limit })
  }
  const found = await findRelated(reading, model, question.q)
  const order = orderOf(asker, model, question.order)
  // How many records hold a word nobody knows: they are looked for once, and not for each related record anew.
  const leads = question.q
    ? []
    : await leadsOf(
        reading.run,
        isSeenBy(asker.ability, question.may ? ['read', question.may] : ['read']),
        model,
        order.map(([path]) => path),
      )
  const { text, values, selection, keys } = question.q
    ? compileList(reading, model, { ...question, found }, limit, order, leads)
    : lists(
        asker,
        model,
        JSON.stringify(
          [
            ...[question.fields, question.where, question.order, question.label, question.instants, question.may, limit],
            question.offered && reading.withheld && numberOf(reading.withheld.ids),
            ...[shapeOf(question.cursor), leads.length],
          ],
          named,
        ),
        () => compileList(reading, model, question, limit, order, leads),
      )
  const page = openCursor(question.cursor, keys)
  const [rows, counted] = await Promise.all([
    // Whether a word is rare or common decides how to look for it: the one plan for all words is a thousand times too slow for some.
    reading.run(text, [...valuesNow(values, asker), ...valuesOf(page)], {
      fitted: Boolean(question.q) || question.fitted === true,
      raw: question.instants === 'texts',
    }),
    question.total ? (question.total === 'about' ? aboutHowMany : howMany)(reading, model, { ...question, found }) : undefined,
  ])
  return { ...pageOf(rows, limit, page, keys, (row) => selection.shape(row, asker.asking)), ...totalOf(counted) }
}

/** Words differ from time to time, so that keeping them would only push out what is asked again. */
const lists = compiling<ReturnType<typeof compileList>>()

/** All pages in one direction are one statement: the row where a page begins is not among its `values` but follows them. */
function compileList(
  reading: Reading,
  model: ModelMeta,
  question: Question & Sought,
  limit: number,
  order: readonly Wanted[],
  leads: readonly Lead[],
) {
  const { asker } = reading
  const statement = new Statement(asker, question.may === undefined ? undefined : { verb: question.may, model })
  const selection = new Selection(statement, model, 't', 'asked', 'records', question.instants)
  for (const path of question.fields ?? []) {
    demandField(asker.ability, model, path, 'read')
    selection.add(path)
  }
  if (question.label) selection.addLabel()
  const keys = keysOf(asker, model, order, selection)
  const page = openCursor(question.cursor, keys)
  const { ofLeads, rest } = apart(askedOf(reading, model, question), leads)
  const conditions = matching(reading, statement, model, question, rest)
  const walk = { model, leads, keys, page, limit: limit + 1 }
  const combinations = leads.length > 0 ? combinationsOf(statement, walk, ofLeads) : undefined
  const values = [...statement.values]
  // What decides which records they are is joined before what they show: PostgreSQL keeps to that order (core/database/connection.ts).
  const from = combinations
    ? `(${walked(statement, walk, combinations, conditions)}) w join "${model.table}" t on t."id" = w."id" ${selection.joins}`
    : `(select * from "${model.table}" t${where(conditions)}) t ${selection.joins}${where(keyset(statement, keys, page))}`
  const text = `select ${selection.list} from ${from} order by ${orderBy(keys, page)} limit ${limit + 1}`
  return { text, values, selection, keys }
}

/** What JSON would lose: which shipped record is meant. */
function named(_: string, value: unknown): unknown {
  return shippedKey(value) ?? value
}

function totalOf(counted: number | undefined): { total?: number; capped?: boolean } {
  return counted === undefined ? {} : { total: Math.min(counted, mostCounted), capped: counted > mostCounted }
}

function pageOf<R>(rows: readonly Row[], limit: number, page: Page | undefined, keys: readonly Key[], shape: (row: Row) => R): Rows<R> {
  const more = rows.length > limit
  const kept = more ? rows.slice(0, limit) : [...rows]
  if (page?.backward) kept.reverse()
  const first = kept[0]
  const last = kept.at(-1)
  const after = page?.backward ? true : more
  const before = page?.backward ? more : page !== undefined
  return {
    rows: kept.map(shape),
    next: after && last ? sealCursor(keys, last, false) : null,
    previous: before && first ? sealCursor(keys, first, true) : null,
  }
}

/** How many records match, at most one more than is counted. */
export async function countRows(
  reading: Reading,
  model: ModelMeta,
  question: Pick<Question, 'where' | 'q'> & { readonly about?: boolean },
): Promise<number> {
  if (question.q) {
    const found = await findRelated(reading, model, question.q)
    return (question.about ? aboutHowMany : howMany)(reading, model, { ...question, found })
  }
  // The same few numbers stand beside every screen, so that compiling them each time would take longer than counting.
  const few = question.about ? await fewAsked(reading, model, question) : undefined
  const key = `${[...(few ?? [])].map(({ name }) => name)} ${JSON.stringify(question.where, named)}`
  const { text, values } = counts(reading.asker, model, key, () => compileCount(reading, model, question, few))
  const now = valuesNow(values, reading.asker)
  const find = () => count(reading, text, now, {})
  return question.about ? countAbout(reading, model, text, values, find) : find()
}
const counts = compiling<ReturnType<typeof compileCount>>()

async function howMany(reading: Reading, model: ModelMeta, question: Matching): Promise<number> {
  const { text, values } = compileCount(reading, model, question)
  return count(reading, text, values, { fitted: true })
}

/** The same, but a large number may be some seconds old: counting thousands takes longer than all the rest of a screen. */
async function aboutHowMany(reading: Reading, model: ModelMeta, question: Matching): Promise<number> {
  const { text, values } = compileCount(reading, model, question, await fewAsked(reading, model, question))
  return countAbout(reading, model, text, values, () => count(reading, text, values, { fitted: true }))
}

function countAbout(
  reading: Reading,
  model: ModelMeta,
  text: string,
  values: readonly unknown[],
  find: () => Promise<number>,
): Promise<number> {
  return about({ model, text, values, by: reading.actor }, find, (found, tookMs) =>
    found < large.from ? { forMs: 0, thenMs: 0 } : { forMs: large.forMs, thenMs: tookMs < large.slowMs ? 0 : large.thenMs },
  )
}

/** What took long to count is given for a minute more while it is counted anew, so that nobody waits for it again and again. */
const large = { from: 1_000, forMs: 10_000, slowMs: 50, thenMs: 60_000 }

/**
 * What indexes find is found first, and no other record is looked at: how little that is, PostgreSQL cannot know, and would read the
 * whole table to see which of its records the rule allows.
 */
function compileCount(reading: Reading, model: ModelMeta, question: Matching, few?: ReadonlySet<FieldMeta>) {
  const statement = new Statement(reading.asker, undefined, few)
  const asked = askedOf(reading, model, question)
  const found = few ? foundByIndexes(asked, model, few) : []
  const rest = found.length > 0 ? { all: conjuncts(asked).filter((clause) => !found.includes(clause)) } : asked
  const conditions = matching(reading, statement, model, question, rest)
  if (found.length > 0) {
    const inner = statement.alias()
    const condition = statement.condition({ all: found }, model, inner, 'asked')
    conditions.push(`t."id" = any(array(select ${inner}."id" from "${model.table}" ${inner} where ${condition}))`)
  }
  const text = `select count(*)::int as c0 from (select 1 from "${model.table}" t${where(conditions)} limit ${mostCounted + 1}) counted`
  return { text, values: statement.values }
}

async function count(reading: Reading, text: string, values: readonly unknown[], how: How): Promise<number> {
  const [row] = await reading.run(text, values, how)
  return row!.c0 as number
}

/** One record, or NotFound: the same for one that is not there and one that may not be read. */
export async function getRow(
  reading: Reading,
  model: ModelMeta,
  id: string,
  fields: readonly string[],
  label = false,
): Promise<Record<string, unknown>> {
  const { asker } = reading
  const { text, values, selection } = records(asker, model, `${label} ${fields}`, () => compileRecord(asker, model, fields, label))
  const rows = isId(id) ? await reading.run(text, [id, ...valuesNow(values, asker)]) : []
  if (!rows[0]) throw notFound(model, id)
  return selection.shape(rows[0], asker.asking)
}

const records = compiling<ReturnType<typeof compileRecord>>()

/** The id is the first parameter; `values` are the others. */
function compileRecord(asker: Asker, model: ModelMeta, fields: readonly string[], label: boolean) {
  const statement = new Statement(asker)
  const id = statement.param(null)
  const selection = new Selection(statement, model, 't', 'asked')
  for (const path of fields) {
    demandField(asker.ability, model, path, 'read')
    selection.add(path)
  }
  if (label) selection.addLabel()
  const rule = statement.rule('read', model, 't')
  const text = `select ${selection.list} from "${model.table}" t ${selection.joins}${where([`t."id" = ${id}`, ...(rule ? [rule] : [])])}`
  return { text, values: statement.values.slice(1), selection }
}

export function notFound(model: ModelMeta, id: string): NotFound {
  return new NotFound('record.not_found', 'There is no {model} "{id}", or you may not see it.', { model: model.label.toLowerCase(), id })
}

const wholes = compiling<readonly string[]>()

/** The fields of a whole record: every own one that the asker may read, to-one relations with their own fields; of who wrote something, only who. */
export function wholeRecord({ asker }: Reading, model: ModelMeta): readonly string[] {
  return wholes(asker, model, '', () => {
    const readable = (path: string) => readableField(asker.ability, model, path) !== undefined
    return [...model.fields.values()].flatMap((field) => {
      if (!readable(field.name)) return []
      if (field.kind === 'many') return field.pivot ? [field.name] : []
      if (field.kind === 'scalar' || isWriter(field)) return [field.name]
      const nested = [...field.target.fields.values()].filter(
        (each) => each.kind !== 'many' && each.column !== undefined && !isWriter(each),
      )
      return [field.name, ...nested.map((each) => `${field.name}.${each.name}`).filter(readable)]
    })
  })
}

function isWriter(field: FieldMeta): boolean {
  return field.name === 'createdBy' || field.name === 'updatedBy'
}

/** What decides which records a question is about. */
export type Matching = Pick<Question, 'where' | 'may' | 'offered'> & Sought

/** The rule, the filter and the words of a question. */
export function matching(
  reading: Reading,
  statement: Statement,
  model: ModelMeta,
  question: Matching,
  asked = askedOf(reading, model, question),
): string[] {
  const rule = statement.rule('read', model, 't')
  const further = question.may === undefined ? undefined : statement.rule(question.may, model, 't')
  return [
    ...(rule ? [rule] : []),
    ...(further ? [further] : []),
    ...(asked && !('all' in asked && asked.all.length === 0) ? [statement.condition(asked, model, 't', 'asked')] : []),
    ...words(reading, statement, model, question),
    ...(question.offered && reading.withheld?.ids.length ? [`t."id" <> all(${statement.param(reading.withheld.ids)}::uuid[])`] : []),
  ]
}

/** The filter of a question, checked. */
export function askedOf({ asker }: Reading, model: ModelMeta, { where }: Matching): Clause | undefined {
  return where ? askedClause(asker.ability, model, where) : undefined
}

export function where(conditions: readonly string[]): string {
  return conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
