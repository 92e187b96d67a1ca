/**
 * Some records of every model, written past all rules, with a text in each field that stands nowhere else. The first ones belong
 * together and to the people of the test (their team, their ticket), others to nobody of them, the rest to both.
 */
import type { FieldMeta, ModelMeta, ScalarField } from '@tessera/core'
import type { App } from '../../../core/app.ts'
import { type Chance, chance } from './random.ts'

/** Where a text that stands nowhere else stands. */
export interface Place {
  readonly model: string
  readonly id: string
  readonly field: string
}
export interface Population {
  /** Of each text, and of each record's id, all places: where one of them may be read, it may be known. */
  readonly places: ReadonlyMap<string, readonly Place[]>
  readonly ids: ReadonlyMap<string, readonly string[]>
}

/** How many records each model gets: the first `together` of them are linked with those of the same number. */
export const each = 9
const together = 3
export const mark = /kanari[0-9a-z]{6}|ca4a41e5-[0-9a-f]{4}-7000-8000-[0-9a-f]{12}/gi

export function idOf(model: ModelMeta, at: number): string {
  return `ca4a41e5-${numberOf(model)}-7000-8000-${String(at).padStart(12, '0')}`
}
function numberOf(model: ModelMeta): string {
  let sum = 7
  for (const sign of model.name) sum = (sum * 31 + sign.charCodeAt(0)) % 65_521
  return sum.toString(16).padStart(4, '0')
}

/** Writes them. `people` are linked to the first record of every model that a user can be linked to. */
export async function populate(app: App, people: readonly string[], seed: number): Promise<Population> {
  const random = chance(seed)
  const texts = new Texts()
  const { models } = app.composition
  const client = await app.connection.pool.connect()
  try {
    // Records refer to each other in circles: the references wait for the end.
    await client.query('begin')
    await deferReferences((text) => client.query(text))
    const insert = async (table: string, row: Readonly<Record<string, unknown>>) => {
      const columns = Object.keys(row)
      await client.query(
        `insert into "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')}) on conflict do nothing`,
        Object.values(row),
      )
    }
    for (const model of models.all) {
      if (model.journal) continue
      for (let at = 0; at < each; at++) {
        await insert(model.table, rowOf(model, at, random, texts, people))
        for (const field of model.fields.values()) {
          if (field.kind !== 'many' || !field.owned || !field.pivot || (model.actor && field.target.name === 'role')) continue
          if (model.name === 'role') continue
          const { table, own, other } = field.pivot
          const linked = at < together ? [at] : [random.below(each), random.below(each)]
          const targets = linked.map((each) => idOf(field.target, each))
          if (field.target.actor && at === 0) targets.push(...people)
          for (const target of targets) await insert(table, { [own]: idOf(model, at), [other]: target })
        }
      }
    }
    const actor = models.actor
    if (actor) await attach(app, actor, people, (text, values) => client.query(text, [...values]))
    if (models.journal) for (const row of historyOf(models.journal, models.all, texts)) await insert(models.journal.table, row)
    await client.query('commit')
  } finally {
    client.release(true)
  }
  app.callers.forget()
  const ids = new Map(models.all.map((model) => [model.name, Array.from({ length: each }, (_, at) => idOf(model, at))]))
  // Of the history of a record its readers may know the entries.
  for (const [name, its] of ids) if (name !== models.journal?.name) for (const id of its) texts.add(id, { model: name, id, field: 'id' })
  const stored = new Set<string>()
  for (const { table } of models.all)
    for (const { id } of await app.connection.run(`select "id" as id from "${table}"`, [])) stored.add(String(id))
  // What a unique value kept out stands nowhere.
  for (const [text, its] of texts.places) {
    const there = its.filter(({ id }) => stored.has(id))
    if (there.length > 0) texts.places.set(text, there)
    else texts.places.delete(text)
  }
  return { places: texts.places, ids }
}

/** The people's own relations lead to the first records, and nothing else does. */
export async function attach(
  app: App,
  actor: ModelMeta,
  people: readonly string[],
  run: (text: string, values: readonly unknown[]) => Promise<unknown> = (text, values) => app.connection.run(text, values),
): Promise<void> {
  const ones = [...actor.fields.values()].filter((field) => field.kind === 'one' && !['createdBy', 'updatedBy'].includes(field.name))
  const set = ones.map((field) => `"${field.kind === 'one' ? field.column : ''}" = '${field.kind === 'one' ? idOf(field.target, 0) : ''}'`)
  await run(`update "${actor.table}" set ${[...set, 'active = true'].join(', ')} where id = any($1::uuid[])`, [people])
  for (const field of actor.fields.values()) {
    if (field.kind !== 'many' || !field.pivot || field.owned) continue
    const { table, own, other } = field.pivot
    await run(`delete from "${table}" where "${own}" = any($1::uuid[])`, [people])
    await run(`insert into "${table}" ("${own}", "${other}") select unnest($1::uuid[]), $2`, [people, idOf(field.target, 0)])
  }
  app.callers.forget()
}

async function deferReferences(
  run: (text: string) => Promise<{ readonly rows: readonly Readonly<Record<string, string>>[] }>,
): Promise<void> {
  const { rows } = await run(
    `select conrelid::regclass::text as "table", conname as name from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  )
  for (const { table, name } of rows) await run(`alter table ${table} alter constraint "${name}" deferrable initially immediate`)
  await run('set constraints all deferred')
}

class Texts {
  readonly places = new Map<string, Place[]>()
  #made = 0
  add(text: string, place: Place): void {
    this.places.set(text, [...(this.places.get(text) ?? []), place])
  }
  make(place: Place): string {
    this.#made += 1
    const text = `kanari${(this.#made * 7919 + 1_000_003).toString(36).padStart(6, '0').slice(-6)}`
    this.add(text, place)
    return text
  }
}

function rowOf(model: ModelMeta, at: number, random: Chance, texts: Texts, people: readonly string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const field of model.fields.values()) {
    if (field.kind === 'many' || field.column === undefined) continue
    row[field.column] = storedValue(model, field, at, random, texts, people)
  }
  return row
}

function storedValue(model: ModelMeta, field: FieldMeta, at: number, random: Chance, texts: Texts, people: readonly string[]): unknown {
  if (field.name === 'id') return idOf(model, at)
  if (field.name === 'version') return 1
  if (field.kind === 'one') {
    const isWriter = field.name === 'createdBy' || field.name === 'updatedBy'
    if (isWriter && at >= together) return random.one([null, ...people, idOf(field.target, random.below(each))])
    if (field.target === model) return at < together && field.nullable ? null : idOf(model, field.nullable ? at - together : at)
    if (at < together) return idOf(field.target, at)
    if (field.nullable && random.is(0.25)) return null
    return field.target.actor && random.is(0.3) ? random.one(people) : idOf(field.target, random.below(each))
  }
  if (field.kind !== 'scalar') return null
  const known = shapes[`${model.name}.${field.name}`]
  const text = () => texts.make({ model: model.name, id: idOf(model, at), field: field.name })
  if (known) {
    const value = known(text, at)
    return field.type === 'json' || field.type === 'translated' ? JSON.stringify(value) : value
  }
  const day = new Date(Date.UTC(2026, 0, 1 + at))
  switch (field.type) {
    case 'string':
    case 'text':
      return textFor(field, text)
    case 'translated':
      return JSON.stringify({ en: text(), fr: text() })
    case 'texts':
      return [text()]
    case 'json':
      return jsonFor(field, text)
    case 'enum':
      return field.values![at % field.values!.length]
    case 'boolean':
      return field.default === true ? at % 5 !== 3 : at % 3 === 0
    case 'integer':
      return whole(field, at)
    case 'float':
    case 'decimal':
      return at + 0.5
    case 'datetime':
      return field.nullable && at % 2 === 1 ? null : field.name.toLowerCase().includes('expires') ? new Date(Date.UTC(2099, 0, 1)) : day
    case 'date':
      return day.toISOString().slice(0, 10)
    case 'uuid':
      return idOf(model, at)
    default:
      return null
  }
}

/** The text itself, or as a mail or web address where only that fits; nothing where none of these fits. */
function textFor(field: ScalarField, text: () => string): string | null {
  const { valid } = field
  const made = text()
  const fitting = [made, `${made}@example.org`, `https://${made}.example.org`].find((each) => !valid || valid.safeParse(each).success)
  return fitting ?? (field.nullable ? null : made)
}

function jsonFor(field: ScalarField, text: () => string): string | null {
  const made = text()
  const forms: unknown[] = [{ [made]: made }, [made], [`https://${made}.example.org`], { subject: made }, { name: made }, {}, []]
  const fitting = Array.isArray(field.default) ? forms.slice(1, 3).concat([[]]) : forms
  const found = fitting.find((each) => !field.valid || field.valid.safeParse(each).success)
  return found === undefined ? (field.nullable ? null : '{}') : JSON.stringify(found)
}

function whole(field: ScalarField, at: number): number | null {
  const fitting = [at, at + 1, 1].find((each) => !field.valid || field.valid.safeParse(each).success)
  return fitting ?? (field.nullable ? null : at)
}

/** What the code behind a field reads as more than a text. */
const shapes: Readonly<Record<string, (text: () => string, at: number) => unknown>> = {
  'user.language': () => null,
  'user.zone': () => null,
  'branch.zone': () => null,
  'workingHours.zone': (_, at) => ['UTC', 'Europe/Paris', 'Africa/Banjul'][at % 3],
  'workingTime.begins': (_, at) => `0${at % 10}:15`,
  'workingTime.ends': (_, at) => `1${at % 10}:30`,
  'partner.language': () => null,
  // Nobody of the test has these roles.
  'ruleSet.model': () => 'team',
  'ruleSet.module': () => '',
  'ruleSet.rules': (text) => [{ verbs: ['read'], where: { name: text() } }],
  'ruleSet.basis': (text) => [{ verbs: ['read'], where: { name: text() } }],
  'apiKey.scopes': () => ['ticket:read'],
  'outboxMessage.channel': () => 'email',
  'outboxMessage.model': () => 'ticket',
  'outboxMessage.references': (text) => [text()],
  'outboxMessage.status': (_, at) => ['sent', 'dead', 'discarded'][at % 3],
  'outboxMessage.to': (text) => `${text()}@example.org`,
  'chatChannel.verification': (text) => ({ by: 'hmac', header: text(), algorithm: 'sha256' }),
  'chatChannel.incoming': (text) => ({ messages: text(), address: 'from', text: 'text' }),
  'chatChannel.outgoing': (text) => ({ url: `https://example.org/${text()}`, headers: {}, body: {} }),
}

/** How every record began, and what one of its texts was before. */
function* historyOf(journal: ModelMeta, models: readonly ModelMeta[], texts: Texts): Generator<Record<string, unknown>> {
  let made = 0
  for (const model of models) {
    if (model === journal || !model.exposed) continue
    for (let at = 0; at < each; at++) {
      const id = idOf(model, at)
      const row = (field: string | null, old: unknown, next: unknown): Record<string, unknown> => ({
        id: idOf(journal, made++),
        model: model.name,
        record: id,
        at: new Date(Date.UTC(2026, 0, 1 + at)),
        door: 'web',
        field,
        old: old === null ? null : JSON.stringify(old),
        new: next === null ? null : JSON.stringify(next),
        version: 1,
        created_at: new Date(Date.UTC(2026, 0, 1)),
        updated_at: new Date(Date.UTC(2026, 0, 1)),
      })
      const text = (field: string) => texts.make({ model: model.name, id, field })
      const own = [...model.fields.values()].filter(
        (field) => field.kind === 'scalar' && field.tracked && !field.only && ['string', 'text', 'translated'].includes(field.type),
      )
      yield row(null, null, Object.fromEntries(own.map((field) => [field.name, text(field.name)])))
      for (const field of own) yield row(field.name, text(field.name), text(field.name))
    }
  }
}
