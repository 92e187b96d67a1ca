/**
 * Everybody writes every field of every model, by every door: afterwards the database holds only what the policy, asked in memory,
 * lets him write.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FieldMeta, ModelMeta } from '@tessera/core'
import { testFolder } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { importRecords } from '../../core/importing/index.ts'
import { type Ask, asCommand, Wire } from './whole/client.ts'
import { type WholeDesk, wholeDesk } from './whole/desk.ts'
import { Crowd, type Person, peopleOf } from './whole/people.ts'
import { each, idOf, populate } from './whole/population.ts'
import { chance, seedOfRun } from './whole/random.ts'
import { type Someone, type Thing, type Truth, truthOf } from './whole/truth.ts'
import { draftOf, valueFor } from './whole/values.ts'

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 120_000 })

const seed = seedOfRun()
const isDeep = process.env.TESSERA_DEEP !== undefined
const random = chance(seed)
const doors = ['api', 'form', 'import', 'nested', 'extra'] as const
type Door = (typeof doors)[number]
let desk: WholeDesk
let crowd: Crowd
let wire: Wire
let truth: Truth
let folder: string
const faults: string[] = []
/** How many attempts stored something, by door: a matrix in which nothing is ever allowed shows nothing. */
const stored = new Map<string, number>()
let attempts = 0

beforeAll(async () => {
  desk = await wholeDesk(inject('postgresUrl'))
  crowd = new Crowd(desk, await peopleOf(desk))
  await populate(desk, crowd.users, seed)
  await crowd.remember()
  await crowd.signIn()
  wire = new Wire(desk.address)
  folder = await testFolder('write-matrix')
  truth = await truthOf(desk)
})
afterAll(async () => {
  wire?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
  await desk?.close()
})

const exposed = () => desk.composition.models.all.filter((model) => model.exposed)
const stamps = ['id', 'createdAt', 'createdBy'] as const
function expectNoFaults(): void {
  const found = faults.splice(0)
  expect(found.slice(0, 15).join('\n'), `${found.length} of ${attempts} attempts; repeat with TESSERA_SEED=${seed}`).toBe('')
}

/** A record as it is stored, its own links included; undefined when there is none. */
async function rowOf(model: ModelMeta, id: string): Promise<Readonly<Record<string, string>> | undefined> {
  const fields = [...model.fields.values()]
  const links = fields.flatMap((field) =>
    field.kind === 'many' && field.owned && field.pivot
      ? `, (select coalesce(jsonb_agg("${field.pivot.other}" order by "${field.pivot.other}"), '[]') from "${field.pivot.table}" where "${field.pivot.own}" = t."id") as "${field.name}"`
      : [],
  )
  const [found] = await desk.connection.run(`select to_jsonb(t) as row${links.join('')} from "${model.table}" t where "id" = $1`, [id])
  if (!found) return undefined
  const stored = found.row as Readonly<Record<string, unknown>>
  const row: Record<string, string> = {}
  for (const field of fields) {
    if (field.kind !== 'many') row[field.name] = field.column === undefined ? '' : JSON.stringify(stored[field.column] ?? null)
    else if (field.name in found) row[field.name] = JSON.stringify(found[field.name])
  }
  return row
}

/** Puts a record back, so that what was true before the attempt is true again. */
async function putBack(model: ModelMeta, id: string, before: Readonly<Record<string, string>>): Promise<void> {
  const set: string[] = []
  const values: unknown[] = [id]
  for (const field of model.fields.values()) {
    if (field.kind === 'many' || field.column === undefined || field.name === 'id') continue
    values.push(JSON.stringify({ v: JSON.parse(before[field.name]!) }))
    const type = field.kind === 'one' ? 'uuid' : await typeOf(model.table, field.column)
    const value = `$${values.length}::jsonb`
    set.push(
      `"${field.column}" = ${type === 'jsonb' ? `nullif(${value}->'v', 'null')` : type === 'text[]' ? `(select array_agg(x) from jsonb_array_elements_text(nullif(${value}->'v', 'null')) x)` : `(${value}->>'v')::${type}`}`,
    )
  }
  await desk.connection.pool.query(`update "${model.table}" set ${set.join(', ')} where "id" = $1`, values)
  for (const field of model.fields.values()) {
    if (field.kind !== 'many' || !field.owned || !field.pivot) continue
    const { table, own, other } = field.pivot
    await desk.connection.pool.query(`delete from "${table}" where "${own}" = $1`, [id])
    for (const link of JSON.parse(before[field.name]!) as string[])
      await desk.connection.pool.query(`insert into "${table}" ("${own}", "${other}") values ($1, $2)`, [id, link])
  }
}
const types = new Map<string, string>()
async function typeOf(table: string, column: string): Promise<string> {
  const key = `${table}.${column}`
  if (!types.has(key)) {
    const { rows } = await desk.connection.pool.query(
      'select format_type(atttypid, null) as type from pg_attribute where attrelid = $1::regclass and attname = $2',
      [`"${table}"`, column],
    )
    types.set(key, rows[0].type)
  }
  return types.get(key)!
}

/** The record after the attempt, in the graph: what it names now in place of what it named. */
function thingAfter(model: ModelMeta, before: Thing, row: Readonly<Record<string, string>>, changed: readonly string[]): Thing {
  const after: Record<string, unknown> = { ...before }
  for (const name of changed) {
    const field = model.fields.get(name)!
    const value = JSON.parse(row[name] || 'null')
    const related = (id: string) => truth.things.get(field.kind === 'scalar' ? '' : field.target.name)?.get(id) ?? { id }
    after[name] =
      field.kind === 'one' ? (value === null ? null : related(value)) : field.kind === 'many' ? (value as string[]).map(related) : value
    if (field.kind === 'scalar' && field.type === 'datetime' && value !== null) after[name] = new Date(value)
  }
  return after as Thing
}

/** Whether somebody may have changed the field of the record: himself, or by an action that owns it. */
function mayChange(who: Someone, model: ModelMeta, before: Thing, after: Thing, field: FieldMeta): string | undefined {
  const asking = { me: who.me, now: new Date() }
  if (!who.ability.permits('read', model, before, asking)) return 'may not read the record'
  if (field.through.some(({ name }) => who.ability.permits(name, model, before, asking))) return undefined
  if (field.only && !field.only.some((role) => who.ability.has(role))) return 'nobody may write the field'
  if (!who.ability.permits('update', model, before, asking)) return 'may not change the record'
  if (!who.ability.permits('update', model, before, asking, field.name)) return 'may not change the field'
  if (!who.ability.permits('update', model, after, asking)) return 'moved it out of his own reach'
  return undefined
}

/** Another value than the stored one. */
function otherValue(field: FieldMeta, row: Readonly<Record<string, string>>): unknown {
  for (let tries = 0; tries < 8; tries++) {
    const value = valueFor(field, random)
    if (JSON.stringify(value) !== row[field.name]) return value
  }
  return null
}

const asForm = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : value === null ? [''] : typeof value === 'object' ? [JSON.stringify(value)] : [String(value)]

/** Sends one attempt; what it was is returned for the report. */
async function attempt(person: Person, door: Door, model: ModelMeta, field: FieldMeta, id: string, value: unknown): Promise<string> {
  attempts += 1
  const json = (path: string, body: unknown): Ask => ({ method: 'PATCH', path, body: JSON.stringify(body), type: 'application/json' })
  const by = async (ask: Ask) => {
    const answer = await wire.send(ask, crowd.headersOf(person))
    if (answer.status >= 500) faults.push(`${answer.status} ${asCommand(person.name, ask)} ${answer.text.slice(0, 300)}`)
    return `${answer.status} ${asCommand(person.name, ask)}`
  }
  const path = `/api/${model.path}/${id}`
  if (door === 'api') return by(json(path, { [field.name]: value }))
  if (door === 'extra') return by(json(path, { ...forged, [field.name]: value }))
  if (door === 'nested')
    return by(
      json(path, {
        [field.name]:
          field.kind === 'scalar' ? { id: value, code: value } : { ...forged, id: idIn(value), name: 'Forged', label: 'Forged' },
      }),
    )
  if (door === 'form') {
    const body = new URLSearchParams()
    for (const text of asForm(value)) body.append(field.name, text)
    return by({ method: 'POST', path: `/${model.path}/${id}`, body: String(body), type: 'application/x-www-form-urlencoded' })
  }
  return importOf(person, model, field, id, value)
}
const forged = {
  id: '00000000-0000-7000-8000-0000000000aa',
  version: 99,
  createdAt: '2001-01-01T00:00:00Z',
  createdBy: null,
  updatedBy: null,
}
const idIn = (value: unknown): string =>
  Array.isArray(value)
    ? String(value[0] ?? '')
    : typeof value === 'object' && value !== null
      ? String((value as { id?: unknown }).id)
      : String(value)

async function importOf(person: Person, model: ModelMeta, field: FieldMeta, id: string, value: unknown): Promise<string> {
  const cell = `"${asForm(typeof value === 'object' && value !== null && 'id' in value ? value.id : value)
    .join(',')
    .replaceAll('"', '""')}"`
  const file = join(folder, 'rows.csv')
  await writeFile(file, `id,${field.name}\n${id},${cell}\n`)
  const services = await desk.servicesFor({ door: 'import', ...(person.user !== null && { user: person.user }) })
  const columns = new Map([
    ['id', 'id'],
    [field.name, field.name],
  ])
  const said = await importRecords({
    model,
    file,
    services,
    columns,
    id: { column: 'id', field: 'id' },
    errors: join(folder, 'errors.csv'),
  }).then(
    (result) => JSON.stringify(result),
    (error: { code?: string; status?: number; stack?: string }) => {
      if (error.status === undefined) faults.push(`The import of ${person.name} into ${model.name}.${field.name}: ${error.stack}`)
      return String(error.code)
    },
  )
  return `as ${person.name}: import of ${field.name} = ${cell} into ${model.name} ${id}: ${said}`
}

const people = () => crowd.people.filter(({ user }) => user !== null)

describe('Of what somebody writes', () => {
  it('only the fields that he may change of records that he may change are changed', async () => {
    for (const person of people()) {
      const who = await crowd.someone(person)
      for (const model of exposed()) {
        for (const field of model.fields.values()) {
          // Every field by every door takes an hour: otherwise a quarter of them, by one door each, others with every seed.
          const chosen = isDeep ? doors : random.is(0.25) ? [random.one(doors)] : []
          for (const door of chosen) {
            if (person.isProgram && (door === 'form' || door === 'import')) continue
            const id = idOf(model, random.is(0.5) ? random.below(3) : random.below(each))
            const before = truth.things.get(model.name)?.get(id)
            const row = await rowOf(model, id)
            if (!before || !row) continue
            const value = otherValue(field, row)
            const related =
              door === 'nested' && field.kind !== 'scalar' && /^[\da-f-]{36}$/.test(idIn(value))
                ? await rowOf(field.target, idIn(value))
                : undefined
            const what = await attempt(person, door, model, field, id, value)
            if (
              related &&
              JSON.stringify(await rowOf(field.kind === 'scalar' ? model : field.target, idIn(value))) !== JSON.stringify(related)
            )
              if (idIn(value) !== id && model.name !== (field.kind === 'scalar' ? '' : field.target.name))
                faults.push(`${what}\n    changed the related record`)
            const now = await rowOf(model, id)
            if (!now) {
              faults.push(`${what}\n    the record is gone`)
              continue
            }
            const changed = Object.keys(row).filter((name) => now[name] !== row[name])
            if (changed.length === 0) continue
            const after = thingAfter(model, before, now, changed)
            const isAsked = changed.includes(field.name)
            const wrong = isAsked ? mayChange(who, model, before, after, field) : 'did not change what it named'
            const isReaction = !isAsked && who.ability.permits('update', model, before, { me: who.me, now: new Date() })
            if (wrong !== undefined && !isReaction)
              faults.push(
                `${what}\n    ${person.name} ${wrong}: ${changed.map((name) => `${name} ${row[name]} -> ${now[name]}`).join(', ')}`,
              )
            const kept = changed.filter((name) => stamps.some((stamp) => stamp === name) || model.fields.get(name)?.only?.length === 0)
            if (kept.length > 0 && !(isAsked && kept.join() === field.name && who.ability.has({ name: 'administrator' } as never)))
              faults.push(`${what}\n    changed ${kept.join()}`)
            stored.set(door, (stored.get(door) ?? 0) + 1)
            await putBack(model, id, row)
          }
        }
      }
      await crowd.restore()
    }
    expectNoFaults()
    // Beside a property that does not exist nothing at all is stored.
    for (const door of doors)
      expect([door, stored.get(door) ?? 0]).toEqual([
        door,
        expect.toSatisfy((count: number) => (door === 'extra' ? count === 0 : count > 0)),
      ])
  })

  it('only records are made that he may make, with the fields that he may give them, in his own name', async () => {
    let made = 0
    for (const person of people()) {
      const who = await crowd.someone(person)
      for (const model of exposed()) {
        for (let tries = 0; tries < (isDeep ? 12 : 2); tries++) {
          const draft = {
            ...draftOf(model, random, 'create'),
            ...(random.is(0.2) && { createdBy: idOf(desk.composition.models.actor!, 1) }),
          }
          const ask: Ask = { method: 'POST', path: `/api/${model.path}`, body: JSON.stringify(draft), type: 'application/json' }
          attempts += 1
          const answer = await wire.send(ask, crowd.headersOf(person))
          if (answer.status >= 500) faults.push(`${answer.status} ${asCommand(person.name, ask)} ${answer.text.slice(0, 300)}`)
          if (answer.status !== 201) continue
          made += 1
          const { id } = JSON.parse(answer.text).data as { id: string }
          truth = await truthOf(desk)
          const now = new Date()
          const thing = truth.things.get(model.name)?.get(id)
          if (!thing) continue
          const asking = { me: who.me, now }
          const wrong = [
            ...(who.ability.permits('create', model, thing, asking) ? [] : ['such a record']),
            ...Object.keys(draft).filter(
              (name) => !who.ability.permits('create', model, thing, asking, name) && !mayThrough(who, model, thing, name),
            ),
            ...((thing.createdBy as Thing | null)?.id === person.user ? [] : ['in the name of somebody else']),
            ...[...model.fields.values()].filter((field) => field.only?.length === 0 && field.name in draft).map(({ name }) => name),
          ]
          if (wrong.length > 0) faults.push(`${asCommand(person.name, ask)}\n    ${person.name} may not make: ${wrong.join()}`)
        }
      }
      await crowd.restore()
    }
    expectNoFaults()
    expect(made).toBeGreaterThan(50)
  })

  it('actions and deletions reach only records that he may do them to, one by one and many at once', async () => {
    let done = 0
    for (const person of people()) {
      for (const model of exposed()) {
        const verbs = desk.composition.actions(model).filter(({ run }) => run)
        const asks: readonly (readonly [string, Ask])[] = [
          ...verbs.flatMap((action): (readonly [string, Ask])[] => {
            const body = actionBody(action.name)
            const ids = Array.from({ length: each }, (_, at) => idOf(model, at))
            const one = random.one(ids)
            return [
              [
                action.name,
                { method: 'POST', path: `/api/${model.path}/${one}/${action.name}`, body: JSON.stringify(body), type: 'application/json' },
              ],
              [
                action.name,
                {
                  method: 'POST',
                  path: `/${model.path}/${random.one(ids)}/actions/${action.name}`,
                  body: String(new URLSearchParams(body)),
                  type: 'application/x-www-form-urlencoded',
                },
              ],
              ...(action.bulk
                ? ([
                    [
                      action.name,
                      {
                        method: 'POST',
                        path: `/api/${model.path}/${action.name}`,
                        body: JSON.stringify({ ...body, ids }),
                        type: 'application/json',
                      },
                    ],
                    [
                      action.name,
                      {
                        method: 'POST',
                        path: `/${model.path}/actions/${action.name}`,
                        body: `${new URLSearchParams([...Object.entries(body), ...ids.map((id): [string, string] => ['ids', id])])}`,
                        type: 'application/x-www-form-urlencoded',
                      },
                    ],
                  ] as const)
                : []),
            ]
          }),
          ['delete', { method: 'DELETE', path: `/api/${model.path}/${idOf(model, 6 + random.below(3))}` }],
          [
            'delete',
            {
              method: 'POST',
              path: `/${model.path}/${idOf(model, 6 + random.below(3))}/delete`,
              body: '',
              type: 'application/x-www-form-urlencoded',
            },
          ],
        ]
        let before = await digests(model)
        for (const [verb, ask] of asks) {
          if (person.isProgram && !ask.path.startsWith('/api')) continue
          if (!isDeep && random.is(0.5)) continue
          const who = await crowd.someone(person)
          attempts += 1
          const answer = await wire.send(ask, crowd.headersOf(person))
          if (answer.status >= 500) faults.push(`${answer.status} ${asCommand(person.name, ask)} ${answer.text.slice(0, 300)}`)
          const now = await digests(model)
          const touched = [...before].filter(([id, digest]) => now.get(id) !== digest).map(([id]) => id)
          before = now
          if (touched.length === 0) continue
          done += 1
          const asking = { me: who.me, now: new Date() }
          const wrong = touched.filter((id) => {
            const thing = truth.things.get(model.name)?.get(id)
            return !thing || !who.ability.permits(verb, model, thing, asking) || !who.ability.permits('read', model, thing, asking)
          })
          if (wrong.length > 0) faults.push(`${asCommand(person.name, ask)}\n    ${person.name} may not ${verb} ${wrong.join()}`)
          truth = await truthOf(desk)
        }
      }
      await crowd.restore()
      truth = await truthOf(desk)
    }
    expectNoFaults()
    expect(done).toBeGreaterThan(30)
  })
})

/** Values that go through an action that owns the field, which has a right of its own. */
function mayThrough(who: Someone, model: ModelMeta, thing: Thing, name: string): boolean {
  const field = model.fields.get(name)
  return field?.through.some((action) => who.ability.permits(action.name, model, thing, { me: who.me, now: new Date() })) ?? false
}

function actionBody(name: string): Record<string, string> {
  const { models } = desk.composition
  const id = (model: string, at = random.below(each)) => (models.byName(model) ? idOf(models.byName(model)!, at) : '')
  const known: Readonly<Record<string, () => Record<string, string>>> = {
    assign: () => ({ assignee: random.is(0.5) ? random.one(crowd.users) : id('user'), team: id('team') }),
    move: () => ({ status: id('ticketStatus') }),
    close: () => (random.is(0.5) ? { reason: 'Done' } : { status: id('ticketStatus', 2) }),
    reply: () => ({ body: 'An answer.' }),
    note: () => ({ body: 'A note.' }),
    rate: () => ({ rating: '4' }),
  }
  return known[name]?.() ?? {}
}

async function digests(model: ModelMeta): Promise<ReadonlyMap<string, string>> {
  const { rows } = await desk.connection.pool.query(`select "id", md5(t::text) as digest from "${model.table}" t`)
  return new Map(rows.map((row) => [row.id, row.digest]))
}
