import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fill, type Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { canonical, type Head, headIn, headText } from './audit-chain.ts'
import { publishedHead } from './audit-head.ts'
import { verifyAudit } from './audit-verify.ts'
import { AuditEntry, AuditPersonal, AuditSeal, User } from './index.ts'

let app: TestApp
let services: Services
let head: Head
let ada: string
const tables = ['audit_entry', 'audit_seal', 'audit_personal']
const length = 12

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
  services = await app.servicesFor({ door: 'system' })
  ada = (await services.identity.createUser({ email: 'ada@example.org', name: 'Ada Diallo', roles: [] })).id
  const { audit } = services
  for (let at = 1; at <= length; at++)
    await audit.note(at % 3 === 0 ? 'export' : 'settings', {
      ...(at % 2 === 0 && { model: 'user', record: ada, personal: { email: `p${at}@example.org`, ip: `10.0.0.${at}` } }),
      details: { at, nested: { b: [1, null, 'é'], a: 0.1 } },
    })
  await app.queue.drain()
  head = (await publishedHead(services.config.dataDir))!
  for (const table of tables) await app.connection.run(`create table kept_${table} as table ${table}`)
  // As somebody would who moves seals; and only one process at a time seals without them too.
  for (const index of ['uq_audit_seal_entry', 'uq_audit_seal_number']) await app.connection.run(`drop index ${index}`)
})
afterAll(() => app?.close())

/** As somebody who owns the database can: no trigger stops him. */
async function tamper(...statements: readonly string[]): Promise<void> {
  for (const table of tables) await app.connection.run(`alter table ${table} disable trigger user`)
  for (const statement of statements) await app.connection.run(statement)
}
async function restore(): Promise<void> {
  await tamper(
    ...tables.flatMap((table) => [`delete from ${table}`, `insert into ${table} select * from kept_${table}`]),
    `update tessera_counter set value = ${length} where name = 'audit_entry_number'`,
  )
  for (const table of tables) await app.connection.run(`alter table ${table} enable trigger user`)
}
async function verify(...published: readonly Head[]) {
  const { faults, ...rest } = await verifyAudit(services.records, services.config.secret('audit'), published)
  return { ...rest, sentences: faults.map(({ text, values = {} }) => fill(text, values)) }
}
const entryAt = (number: number) => `(select entry_id from audit_seal where number = ${number})`

describe('The audit log', () => {
  afterEach(restore)

  it('is sealed in one chain, whose head stands in the data folder for its owner alone', async () => {
    expect(await verify(head)).toEqual({ sentences: [], sealed: length, waiting: 0, erased: 0, head })
    const file = join(services.config.dataDir, 'audit-head')
    expect((await readFile(file, 'utf8')).trim()).toBe(headText(head))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(headIn(headText(head))).toEqual(head)
  })

  it('is written through no door, and the database refuses to change or remove what is in it', async () => {
    const [seal] = (await services.records.query(AuditSeal, { fields: ['entry'], limit: 1 })).rows
    const id = seal!.entry.id
    await expect(services.records.update(AuditEntry, id, { door: 'cli' })).rejects.toThrow('cannot be changed')
    await expect(services.records.remove(AuditEntry, id)).rejects.toThrow('not allow')
    for (const statement of [
      `update audit_entry set kind = 'role'`,
      `update audit_entry set number = '99'`,
      'delete from audit_entry',
      'truncate audit_entry',
      'delete from audit_seal',
      `update audit_seal set mac = ''`,
      'delete from audit_personal',
      `update audit_personal set details = '{}'`,
      'truncate audit_personal',
    ])
      await expect(app.connection.run(statement), statement).rejects.toThrow(/audit log (is|are) only ever/)
    expect((await verify(head)).sentences).toEqual([])
  })

  it('tells entries that are not sealed yet, and seals each once however many processes do it', async () => {
    await Promise.all([1, 2, 3].map(() => services.audit.note('module', { details: { names: ['x'] } })))
    expect(await verify(head)).toMatchObject({ sentences: [], sealed: length, waiting: 3 })
    await Promise.all([app.queue.drain(), app.queue.drain(), app.queue.drain()])
    expect(await verify(head)).toMatchObject({ sentences: [], sealed: length + 3, waiting: 0 })
    await writeFile(join(services.config.dataDir, 'audit-head'), headText(head))
  })

  it('misses an entry that was removed before it was sealed, for ever', async () => {
    await Promise.all([1, 2, 3, 4].map(() => services.audit.note('module', { details: { names: ['x'] } })))
    await services.records.transaction(async () => {
      await services.audit.note('settings')
      const undone = services.records.transaction(async () => {
        await services.audit.note('export')
        throw new Error('undone')
      })
      await undone.catch(() => undefined)
    })
    expect((await verify(head)).sentences).toEqual([])
    await tamper(`delete from audit_entry where number = '${length + 2}'`)
    const missing = [`Entries that were noted are not there any more, sealed or not (1; by their numbers: ${length + 2}).`]
    expect(await verify(head)).toMatchObject({ sentences: missing, waiting: 4 })
    await app.queue.drain()
    expect(await verify(head)).toMatchObject({ sentences: missing, sealed: length + 4, waiting: 0 })
    // What is sealed holds the number, so that nobody closes the gap afterwards.
    await tamper(`update audit_entry set number = '${length + 2}' where number = '${length + 3}'`)
    expect((await verify(head)).sentences).toContainEqual(expect.stringMatching(/^Entry \d+ \(.*\) was edited/))
    await writeFile(join(services.config.dataDir, 'audit-head'), headText(head))
  })

  it('takes its number in the last moment: a long transaction keeps nobody else from being noted', async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let begun = (): void => {}
    const isBegun = new Promise<void>((resolve) => (begun = resolve))
    const long = services.records.transaction(async () => {
      await services.audit.note('settings')
      begun()
      await held
    })
    await isBegun
    const other = await app.servicesFor({ door: 'system' })
    await other.audit.note('export')
    release()
    await long
    await app.queue.drain()
    expect(await verify(head)).toMatchObject({ sentences: [], sealed: length + 2 })
    await writeFile(join(services.config.dataDir, 'audit-head'), headText(head))
  })

  it('writes an entry with its deed or not at all', async () => {
    const failing = services.records.transaction(async () => {
      await services.audit.note('settings')
      throw new Error('second thoughts')
    })
    await expect(failing).rejects.toThrow('second thoughts')
    expect((await verify(head)).waiting).toBe(0)
  })

  it.each<[string, readonly string[], RegExp]>([
    ['edited', [`update audit_entry set details = '{"at":77}' where id = ${entryAt(5)}`], /^Entry 5 \(settings, .*\) was edited/],
    ['given to somebody else', [`update audit_entry set actor_id = gen_random_uuid() where id = ${entryAt(5)}`], /^Entry 5 .* was edited/],
    ['removed', [`delete from audit_entry where id = ${entryAt(5)}`], /^Entry 5 was removed/],
    [
      'removed with its seal',
      [`delete from audit_entry where id = ${entryAt(5)}`, 'delete from audit_seal where number = 5'],
      /^Entry 5 was removed/,
    ],
    [
      'cut off',
      ['delete from audit_entry where id in (select entry_id from audit_seal where number > 9)', 'delete from audit_seal where number > 9'],
      /^The end was cut off: entries 10 to 12 are missing/,
    ],
    [
      'put in another place',
      [`update audit_seal a set entry_id = b.entry_id from audit_seal b where a.number + b.number = 9 and a.number in (4, 5)`],
      /^Entries 4 and 5 do not stand in the order/,
    ],
    [
      'given the seal of another',
      [`update audit_seal a set mac = b.mac from audit_seal b where a.number + b.number = 10 and a.number in (3, 7)`],
      /^The seals of entries 3 and 7 were exchanged/,
    ],
    ['given another seal', [`update audit_seal set mac = repeat('0', 64) where number = 5`], /^The seal of entry 5 .* was edited/],
    [
      'robbed of its personal details',
      [`delete from audit_personal where entry_id = ${entryAt(6)}`],
      /^The personal details of entry 6 .* were removed, and not erased/,
    ],
    [
      'given other personal details',
      [`update audit_personal set details = '{"ip":"1.2.3.4"}' where entry_id = ${entryAt(6)}`],
      /^The personal details of entry 6 .* were edited/,
    ],
  ])('finds an entry that was %s, and names it', async (_, statements, sentence) => {
    await tamper(...statements)
    const { sentences } = await verify(head)
    expect(
      sentences.filter((each) => sentence.test(each)),
      sentences.join('\n'),
    ).not.toEqual([])
  })

  it('finds that its end was cut off and it went on, by what was published; what was published stays as the proof', async () => {
    await tamper(
      'delete from audit_entry where id in (select entry_id from audit_seal where number > 9)',
      'delete from audit_seal where number > 9',
    )
    for (let at = 0; at < 5; at++) await services.audit.note('export')
    await app.queue.drain()
    const missing = 'Entries that were noted are not there any more, sealed or not (3; by their numbers: 10–12).'
    expect((await verify()).sentences).toEqual([missing])
    expect((await verify(head)).sentences).toEqual([
      'Entry 12 is not the one that was published: the end was cut off and the log went on.',
      missing,
    ])
    expect(await publishedHead(services.config.dataDir)).toEqual(head)
  })

  it('holds when the personal details of somebody are erased, and when the user is gone', async () => {
    await app.connection.run(`update audit_personal set salt = null, details = null where details ->> 'email' = 'p6@example.org'`)
    const system = services.asSystem('a test removes a user')
    await system.remove(User, ada)
    expect(await verify(head)).toMatchObject({ sentences: [], erased: 1 })
    const { rows } = await system.query(AuditPersonal, { fields: ['details'], limit: 200 })
    expect(rows.filter(({ details }) => details === null)).toHaveLength(1)
    const { rows: said } = await system.query(AuditEntry, { fields: ['summary'], where: { record: ada, kind: 'settings' }, limit: 1 })
    expect(said[0]!.summary.values.whom).toEqual({ code: 'base.audit.removed_user', values: {} })
  })

  it('finds whatever else is done to it', { timeout: 60_000 }, async () => {
    const place = fc.integer({ min: 1, max: length })
    const column = fc.constantFrom(
      `kind = 'role'`,
      `at = at + interval '1 ms'`,
      `door = 'cli'`,
      `record = 'x'`,
      `model = 'x'`,
      `details = '[]'`,
      `number = '7'`,
      'personal_hash = null, model = model || id',
      `subject_id = gen_random_uuid()`,
    )
    const tampering = fc.oneof(
      fc.record({ what: fc.constant('edit' as const), at: place, set: column }),
      fc.record({
        what: fc.constantFrom(
          'lose' as const,
          'lose seal' as const,
          'lose both' as const,
          'renumber' as const,
          'close the gap' as const,
          'flip a bit' as const,
        ),
        at: place,
      }),
      fc.record({ what: fc.constantFrom('swap entries' as const, 'swap seals' as const), at: place, with: place }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(tampering, { minLength: 1, maxLength: 3 }), async (all) => {
        const before = await state()
        for (const each of all) await tamper(...statementsOf(each))
        const isTouched = (await state()) !== before
        const { sentences } = await verify(head)
        await restore()
        expect(sentences.length > 0, JSON.stringify(sentences)).toBe(isTouched)
      }),
      { numRuns: 60 },
    )
  })
})

it('writes the same text for the same value, in whichever order its parts are', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const other = Object.fromEntries(Object.entries(value).reverse())
      expect(canonical(other)).toBe(canonical(value))
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

type Tampering =
  | { readonly what: 'edit'; readonly at: number; readonly set: string }
  | { readonly what: 'lose' | 'lose seal' | 'lose both' | 'renumber' | 'close the gap' | 'flip a bit'; readonly at: number }
  | { readonly what: 'swap entries' | 'swap seals'; readonly at: number; readonly with: number }

function statementsOf(tampering: Tampering): readonly string[] {
  const { at, what } = tampering
  const entry = `delete from audit_entry where id = ${entryAt(at)}`
  const seal = `delete from audit_seal where number = ${at}`
  switch (what) {
    case 'edit':
      return [`update audit_entry set ${tampering.set} where id = ${entryAt(at)}`]
    case 'lose':
      return [entry]
    case 'lose seal':
      return [seal]
    case 'lose both':
      return [entry, seal]
    case 'renumber':
      return [`update audit_seal set number = number + 100 where number = ${at}`]
    case 'close the gap':
      return [entry, seal, `update audit_seal set number = number - 1 where number > ${at}`]
    case 'flip a bit':
      return [`update audit_seal set mac = translate(mac, '0123456789abcdef', '1032547698badcfe') where number = ${at}`]
    default: {
      const set = what === 'swap entries' ? 'entry_id = b.entry_id' : 'mac = b.mac'
      const [a, b] = [at, tampering.with]
      return [`update audit_seal a set ${set} from audit_seal b where a.number in (${a}, ${b}) and b.number = ${a} + ${b} - a.number`]
    }
  }
}

async function state(): Promise<string> {
  const parts = await Promise.all(
    tables.map((table) => app.connection.run(`select md5(string_agg(t::text, '|' order by id)) as sum from ${table} t`)),
  )
  return JSON.stringify(parts)
}
