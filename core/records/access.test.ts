/** Nobody reads or writes by any way what no rule gives. */
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import {
  auditor,
  Case,
  Client,
  chief,
  clerk,
  close,
  closer,
  desk,
  Entry,
  guest,
  meddle,
  stage,
  Tag,
} from '../../test/fixtures/records-desk.ts'
import { abilityOf } from '../access/ability.ts'
import { role } from '../access/role.ts'
import type { Services } from '../service/services.ts'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '../testing/index.ts'

// Milliseconds: the machine of a run may be slow or shared, and TESSERA_DEEP asks for much.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

let app: TestApp
const people: Record<string, SignedIn> = {}
let all: Services
let open: string, shut: string, tag: string, other: string
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [desk])
  for (const { name } of [auditor, chief, clerk, closer, guest]) people[name] = await signedInAs(app, name)
  all = await app.servicesFor({ door: 'system' })
  const { records } = all
  open = (await records.create(Client, { name: 'Olga', email: 'olga@example.org', pin: 'canary-pin' })).id
  shut = (await records.create(Client, { name: 'canary-client', email: 'canary@example.org' })).id
  tag = (await records.create(Tag, { name: 'seen' })).id
  other = (await records.create(Case, { subject: 'canary-subject', note: 'canary-note', owner: people.chief!.user, client: open })).id
  await app.connection.run('update client set open = false where id = $1', [shut])
})
afterAll(() => app?.close())

const as = (name: string) => people[name]!.services()
const records = async (name: string) => (await as(name)).records
const fresh = async (more: object = {}): Promise<string> =>
  (
    await all.records.create(Case, {
      subject: 'Visible',
      note: 'canary-note',
      owner: people.clerk!.user,
      client: open,
      tags: [tag],
      audit: 'canary-audit',
      ...more,
    })
  ).id
const change = (id: string, changes: object) => all.asSystem('a test prepares').update(Case, id, changes)

describe('Without a rule', () => {
  test('nothing is read, found, counted, grouped, written or done', async () => {
    const mine = await records('guest')
    expect(await mine.query(Case, { fields: [] })).toMatchObject({ rows: [] })
    expect(await mine.count(Case)).toBe(0)
    expect(await mine.find(Case, {})).toBeNull()
    for (const asked of [
      () => mine.query(Case, { fields: ['subject'] }),
      () => mine.query(Case, { fields: [], where: { subject: 'canary-subject' } }),
      () => mine.query(Case, { fields: [], order: { subject: 'asc' } }),
      () => mine.group(Case, { by: ['subject'] }),
      () => mine.count(Case, { where: { subject: { $contains: 'canary' } } }),
    ])
      await expect(asked()).rejects.toMatchObject({ status: 400 })
    for (const asked of [
      () => mine.get(Case, other),
      () => mine.history(Case, other),
      () => mine.update(Case, other, { subject: 'Mine now' }),
      () => mine.remove(Case, other),
      () => mine.act(close, other, {}),
    ])
      await expect(asked()).rejects.toMatchObject({ status: 404 })
    await expect(mine.create(Case, { subject: 'Mine' })).rejects.toMatchObject({ status: 403 })
    expect(await mine.query(Case, { fields: [], q: 'canary' })).toMatchObject({ rows: [] })
  })
})

describe('A clerk, who has his own cases and of clients that are open some fields', () => {
  test('sees a canary by no way', async () => {
    const id = await fresh({ client: open })
    await change(id, { client: shut })
    const hidden = await fresh()
    await change(hidden, { active: false })
    const mine = await records('clerk')
    const paths = [
      'subject',
      'note',
      'client',
      'client.name',
      'client.email',
      'clientEmail',
      'clientPin',
      'clientName',
      'loud',
      'tags',
      'owner',
      'createdBy',
    ]
    const seen: unknown[] = [
      await mine.get(Case, id),
      await mine.get(Case, hidden),
      await mine.query(Case, { fields: paths, label: true, total: true }),
      await mine.query(Case, { fields: paths, order: { 'client.name': 'desc' } }),
      await mine.group(Case, { by: ['client'] }),
      await mine.group(Case, { by: ['client.name'] }),
      await mine.history(Case, id),
      await mine.history(Case, hidden),
      await mine.query(Client, { fields: ['name', 'email', 'caseCount', 'cases'] }),
      ...(await Promise.all(
        ['client.pin', 'client.open', 'audit'].map((path) => mine.query(Case, { fields: [path] }).catch((error) => error.message)),
      )),
    ]
    // The name of the client is copied into the case by code: that copy is the case's own.
    const text = JSON.stringify(seen)
      .replaceAll('"clientName":"canary-client"', '')
      .replace(/"note":"canary-note"/g, '')
    expect(text).not.toContain('canary')
    expect(await mine.get(Case, hidden)).toMatchObject({ note: null, loud: null, tags: [], client: null, subject: 'Visible' })
    expect(await mine.get(Case, id)).toMatchObject({ note: 'canary-note', client: null })
  })
  test('guesses nothing by a filter, a word, an order or a count', async () => {
    const id = await fresh()
    await change(id, { client: shut })
    const hidden = await fresh()
    await change(hidden, { active: false, note: 'canary-hidden' })
    const mine = await records('clerk')
    const ids = async (ask: object) => (await mine.query(Case, { fields: [], limit: 200, ...ask })).rows.map((row) => row.id)
    for (const where of [
      { note: { $contains: 'hidden' } },
      { note: { $startsWith: 'canary-h' } },
      { client: open, active: false },
      { client: { id: open }, active: false },
      { client: { name: 'Olga' }, active: false },
      { client: { chief: null }, active: false },
      { tags: tag, active: false },
      { tags: { name: 'seen' }, active: false },
      { tags: { $null: false }, active: false },
      { client: shut },
      { client: { id: shut } },
      { client: { name: { $contains: 'canary' } } },
      { clientEmail: { $contains: 'canary' } },
      { clientPin: { $contains: 'canary' } },
      { owner: people.chief!.user },
    ]) {
      expect(await ids({ where }), JSON.stringify(where)).toEqual([])
      expect(await mine.count(Case, { where })).toBe(0)
    }
    for (const q of ['hidden', 'canary-client', 'canary-pin', 'canary-audit']) expect(await ids({ q }), q).toEqual([])
    expect(await ids({ q: 'olga', where: { active: false } })).toEqual([])
    for (const where of [{ audit: 'canary-audit' }, { client: { pin: 'canary-pin' } }, { client: { open: false } }])
      await expect(ids({ where })).rejects.toMatchObject({ status: 400, code: 'request.unknown_field' })
    // Records that look alike stand in the order of their ids.
    const same = await ids({ order: { client: 'asc' }, where: { active: false } })
    expect(same).toEqual([...same].sort())
  })
  test('counts of a client the cases that he may read', async () => {
    const client = (await all.records.create(Client, { name: 'Counted' })).id
    await fresh({ client })
    await fresh({ client, owner: people.chief!.user })
    expect(await (await records('clerk')).get(Client, client, ['caseCount', 'cases'])).toMatchObject({
      caseCount: 1,
      cases: [{ label: 'Visible' }],
    })
    expect(await (await records('chief')).get(Client, client, ['caseCount'])).toMatchObject({ caseCount: 2 })
  })
  test('writes no field that a rule keeps from him, nor one that only others know', async () => {
    const mine = await records('clerk')
    const id = await fresh({ level: 'high' })
    await expect(mine.update(Case, id, { note: 'Mine' })).rejects.toMatchObject({ status: 403, code: 'access.field_refused' })
    await expect(mine.update(Case, id, { subject: 'Fine', note: 'Mine' })).rejects.toMatchObject({ status: 403 })
    await expect(mine.update(Case, id, { audit: 'Mine' })).rejects.toMatchObject({ status: 400, code: 'request.unknown_field' })
    await expect(mine.create(Case, { subject: 'New', owner: people.clerk!.user, level: 'high', note: 'Mine' })).rejects.toMatchObject({
      status: 403,
      code: 'access.field_refused',
    })
    expect(await mine.create(Case, { subject: 'New', owner: people.clerk!.user, note: 'Mine' })).toMatchObject({ note: 'Mine' })
    expect(await all.records.get(Case, id)).toMatchObject({ note: 'canary-note', subject: 'Visible', version: 1 })
  })
  test('neither gives a case away nor makes one for somebody else', async () => {
    const mine = await records('clerk')
    const id = await fresh()
    for (const owner of [people.chief!.user, null]) {
      await expect(mine.update(Case, id, { owner })).rejects.toMatchObject({ status: expect.toBeOneOf([403, 422]) })
      await expect(mine.create(Case, { subject: 'Given', owner })).rejects.toMatchObject({ status: expect.toBeOneOf([403, 422]) })
    }
    expect(await all.records.count(Case, { where: { subject: 'Given' } })).toBe(0)
  })
  test('links no record that he may not read, and cannot tell it from one that is not there', async () => {
    const mine = await records('clerk')
    const id = await fresh()
    const refusals = []
    for (const client of [shut, '01900000-0000-7000-8000-000000000000', { id: shut }])
      refusals.push(await mine.update(Case, id, { client }).catch((error) => JSON.stringify([error.status, error.code, error.errors])))
    expect(new Set(refusals).size).toBe(1)
    expect(refusals[0]).toContain('422')
    expect(refusals[0]).toContain('"field":"client"')
  })
  test('deletes nothing and does no action', async () => {
    const mine = await records('clerk')
    const id = await fresh()
    await expect(mine.remove(Case, id)).rejects.toMatchObject({ status: 403 })
    await expect(mine.act(close, id, {})).rejects.toMatchObject({ status: 403 })
    await expect(mine.update(Case, id, { stage: stage.done })).rejects.toMatchObject({ status: 403 })
    expect(await all.records.get(Case, id)).toMatchObject({ version: 1 })
  })
})

describe('A closer, who may close and nothing else', () => {
  test('closes by the action and by writing the stage, which is the action', async () => {
    const mine = await records('closer')
    expect(await mine.act(close, await fresh(), { reason: 'done' })).toMatchObject({ stage: { category: 'closed' }, note: 'done' })
    expect(await mine.update(Case, await fresh(), { stage: { code: 'done' } })).toMatchObject({
      stage: { category: 'closed' },
      doneAt: expect.any(Date),
    })
  })
  test('changes no other field, no other record, and none that the rule of the action leaves out', async () => {
    const mine = await records('closer')
    const id = await fresh()
    await expect(mine.update(Case, id, { note: 'Mine' })).rejects.toMatchObject({ status: 403 })
    await expect(mine.update(Case, id, { stage: stage.done, note: 'Mine' })).rejects.toMatchObject({ status: 403 })
    await expect(mine.update(Case, id, { doneAt: new Date() })).rejects.toMatchObject({ status: 422 })
    await expect(mine.act(meddle, id, { other })).rejects.toMatchObject({ status: 403 })
    expect(await mine.act(meddle, id, { other: id })).toMatchObject({ note: 'meddled' })
    const high = await fresh({ level: 'high' })
    await expect(mine.act(close, high, {})).rejects.toMatchObject({ status: 403 })
    await expect(mine.update(Case, high, { stage: stage.done })).rejects.toMatchObject({ status: 403 })
    await expect(mine.act(close, id, { stage: { code: 'nope' } })).rejects.toMatchObject({ status: 422, errors: [{ field: 'stage' }] })
    await expect(mine.act(close, id, { stage: 5, reason: 'x' })).rejects.toMatchObject({ status: 422, errors: [{ field: 'stage' }] })
    await expect(mine.act(close, id, { reason: 'far too long a reason' })).rejects.toMatchObject({
      status: 422,
      errors: [{ field: 'reason' }],
    })
    expect(await all.records.get(Case, other)).toMatchObject({ note: 'canary-note', version: 1 })
  })
})

describe('A field for one role alone', () => {
  test('is there for that role and for no other, whatever its rules', async () => {
    const id = await fresh()
    expect(await (await records('auditor')).get(Case, id)).toMatchObject({ audit: 'canary-audit' })
    expect(await (await records('chief')).get(Case, id)).not.toHaveProperty('audit')
    await expect((await records('chief')).update(Case, id, { audit: 'x' })).rejects.toMatchObject({ status: 400 })
  })

  test('is there for a role that may everything; one that is for no role is the system’s alone', async () => {
    const { models } = app.composition
    const root = abilityOf([role('root', { everything: true })], [], models)
    const [audit, secret] = [models.of(Case).fields.get('audit')!, models.byName('user')!.fields.get('passwordHash')!]
    expect([audit.only?.map(({ name }) => name), secret.only]).toEqual([['auditor'], []])
    for (const verb of ['read', 'update', 'export'])
      expect([verb, root.field(verb, audit), root.field(verb, secret)]).toEqual([verb, true, false])
    const asking = { me: {}, now: new Date() }
    expect(root.permits('read', secret.model, { id: open, passwordHash: 'x' }, asking, 'passwordHash')).toBe(false)
    expect(root.permits('read', audit.model, { id: open, audit: 'x' }, asking, 'audit')).toBe(true)
  })
})

describe('A label', () => {
  test('made of an instant is the same in a list of related records, and empty for whom a part of it is hidden', async () => {
    const id = await fresh()
    const { id: entry, at } = await all.records.create(Entry, { text: 'Said', of: id })
    const label = `${(at as Date).toISOString().slice(0, 10)} Said`
    expect(await (await records('chief')).get(Case, id, ['entries'])).toMatchObject({ entries: [{ id: entry, label }] })
    expect(await (await records('chief')).get(Entry, entry)).toMatchObject({ label })
    expect(await (await records('closer')).get(Case, id, ['entries'])).toMatchObject({ entries: [{ id: entry, label: '' }] })
    expect(await (await records('closer')).get(Entry, entry)).toMatchObject({ label: '', text: 'Said' })
  })
})

describe('What the system keeps', () => {
  test.each(['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy', 'number', 'double', 'clientEmail', 'loud', 'clientName'])(
    'cannot be written by anybody: %s',
    async (name) => {
      const mine = await records('chief')
      const id = await fresh()
      const before = await all.records.get(Case, id)
      const value = name.endsWith('By')
        ? people.clerk!.user
        : name === 'version' || name === 'double'
          ? 7
          : name.endsWith('At')
            ? new Date(0)
            : other
      await expect(mine.update(Case, id, { [name]: value })).rejects.toMatchObject({ status: 422, errors: [{ field: name }] })
      await expect(mine.create(Case, { subject: 'Mass', [name]: value })).rejects.toMatchObject({ status: 422, errors: [{ field: name }] })
      expect(await all.records.get(Case, id)).toEqual(before)
    },
  )
})

describe('What nobody can mean', () => {
  const scalars = ['subject', 'level', 'rank', 'active', 'amount', 'score', 'due', 'at', 'uid', 'note', 'slug', 'title', 'words']
  const deep = JSON.parse(`${'{"a":'.repeat(15)}1${'}'.repeat(15)}`)
  const strange: readonly unknown[] = [
    ...[{}, [], [[]], { id: 'x' }, { $ne: null }, { placeholder: 'me', field: 'id' }, { '~shipped': 'stage.open' }, deep],
    ...[
      'a\0b',
      '\ud800',
      '\udc00x',
      'NaN',
      'Infinity',
      '1e400',
      '2024-02-30',
      '2024-02-30T00:00:00Z',
      '0000-01-01',
      '275760-09-13T00:00:00Z',
    ],
    ...['2024-01-01T25:00:00Z', '2024-01-01 (x)', '-000001-01-01T00:00:00Z', '\'; drop table "case"; --', '{', 'x'.repeat(200_000)],
    ...[
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1e21,
      2 ** 53,
      999_999_999_999.999,
      0.1,
      -1,
      Number.NaN,
      true,
      false,
      new Date(Number.NaN),
      new Date(8.64e15),
      new Date(-6.3e13),
    ],
  ]
  test('is refused for each field by name, or kept as it is, and never an error of the database', async () => {
    const mine = await records('chief')
    const id = await fresh()
    for (const name of scalars) {
      for (const value of strange) {
        const shown = `${name}: ${String(JSON.stringify(value)).slice(0, 60)}`
        const error = await mine.update(Case, id, { [name]: value }).then(
          () => undefined,
          (each) => each,
        )
        if (error === undefined) continue
        expect(error.status, `${shown} ${error.message}`).toBe(422)
        expect(error.errors[0]?.field, shown).toBe(name)
        expect(error.errors[0]?.text.length, shown).toBeGreaterThan(10)
      }
    }
    for (const name of ['client', 'owner', 'tags', 'stage']) {
      for (const value of [...strange, [null], [{}], ['x'], { code: 'a\0' }, { code: {} }, { id: {} }, 5]) {
        if (name === 'tags' && Array.isArray(value) && value.length === 0) continue
        if (name === 'stage' && JSON.stringify(value) === '{"~shipped":"stage.open"}') continue
        const error = await mine.update(Case, id, { [name]: value }).then(
          () => undefined,
          (each) => each,
        )
        expect(error?.status, `${name}: ${String(JSON.stringify(value)).slice(0, 60)} ${error?.message}`).toBe(422)
        expect(error.errors[0].field).toBe(name)
      }
    }
    for (const meta of ['\ud800', { a: '\ud800' }, { 'a\0': 1 }, ['\0'], { '\udfff': 1 }])
      await expect(mine.update(Case, id, { meta })).rejects.toMatchObject({ status: 422, errors: [{ field: 'meta' }] })
    expect(await mine.update(Case, id, { meta: { text: '\\u0000 \\ud800' } })).toMatchObject({ meta: { text: '\\u0000 \\ud800' } })
  })
  test('is refused as a name of a field too', async () => {
    const mine = await records('chief')
    const id = await fresh()
    for (const name of [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'a.b',
      'client.name',
      '',
      '$and',
      'stage_id',
    ]) {
      const input = Object.fromEntries([[name, 'x']])
      await expect(mine.update(Case, id, input), name).rejects.toMatchObject({ status: 400 })
      await expect(mine.create(Case, { subject: 'Named', ...JSON.parse(JSON.stringify(input)) }), name).rejects.toMatchObject({
        status: 400,
      })
      if (name !== 'client.name') await expect(mine.query(Case, { fields: [name] }), name).rejects.toMatchObject({ status: 400 })
    }
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })
  test('is refused in a filter', async () => {
    const mine = await records('chief')
    for (const name of [...scalars, 'client', 'tags', 'meta', 'clientEmail', 'double', 'createdAt', 'id', 'version']) {
      for (const value of strange) {
        for (const where of [
          { [name]: { $eq: value } },
          { [name]: { $in: [value] } },
          { [name]: { $gt: value } },
          { [name]: { $contains: value } },
          { [name]: value },
        ]) {
          const error = await mine.count(Case, { where: where as never }).then(
            () => undefined,
            (each) => each,
          )
          expect([undefined, 400], `${name} ${String(JSON.stringify(where)).slice(0, 80)} ${error?.message}`).toContain(error?.status)
        }
      }
    }
    for (const where of [
      null,
      'x',
      5,
      { $and: 'x' },
      { $or: [5] },
      { $not: null },
      { $where: '1' },
      { 'tags.name': 'seen' },
      { 'tags.nme': 1 },
      { __proto__: 1 },
      JSON.parse('{"__proto__": 1}'),
    ]) {
      const error = await mine.count(Case, { where: where as never }).then(
        () => undefined,
        (each) => each,
      )
      expect([undefined, 400], `${JSON.stringify(where)} ${error?.message}`).toContain(error?.status)
    }
    for (const q of ['a\0b', '\ud800', '%', '_', '\\', ' '.repeat(1000), 'x '.repeat(1000)])
      expect([undefined, 400]).toContain(
        await mine.query(Case, { fields: [], q }).then(
          () => undefined,
          (error) => error.status,
        ),
      )
    for (const id of ['', 'x', '\0', `${other}x`, '00000000-0000-0000-0000-000000000000'])
      for (const asked of [
        () => mine.get(Case, id),
        () => mine.update(Case, id, {}),
        () => mine.remove(Case, id),
        () => mine.act(close, id, {}),
        () => mine.history(Case, id),
      ])
        await expect(asked()).rejects.toMatchObject({ status: 404 })
    for (const by of [['tags.name'], ['meta'], ['words'], ['rank:month'], ['at:century'], ['nope'], ['at:month:x']])
      await expect(mine.group(Case, { by: by as never }), by[0]!).rejects.toMatchObject({ status: 400 })
    for (const limit of [0, -1, 1e9, Number.NaN])
      await expect(mine.group(Case, { by: ['rank'], limit })).rejects.toMatchObject({ status: 400 })
    for (const measure of ['subject:sum', 'rank:mode', 'nope:sum', 'audit:sum', 'count; drop'])
      await expect(mine.group(Case, { by: ['rank'], measures: [measure] })).rejects.toMatchObject({ status: 400 })
  })
  test('an instant without an offset is in UTC wherever the server stands', async () => {
    const mine = await records('chief')
    const id = await fresh()
    for (const [text, instant] of [
      ['2024-07-01T12:00', '2024-07-01T12:00:00.000Z'],
      ['2024-07-01 12:00:01', '2024-07-01T12:00:01.000Z'],
      ['2024-07-01T12:00:00+0200', '2024-07-01T10:00:00.000Z'],
      ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ])
      expect(((await mine.update(Case, id, { at: text })).at as Date).toISOString()).toBe(instant)
  })
})

test('a draft without what it must have is refused before any code of a module sees it', async () => {
  await expect((await records('chief')).create(Case, {})).rejects.toMatchObject({
    status: 422,
    errors: [{ field: 'subject', code: 'field.required' }],
  })
})
