import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Opened, type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let desk: Place
let opened: Opened
let key: string
const others: Place[] = []
const elsewhere = async (modules?: readonly string[]) => {
  const other = await place(inject('postgresUrl'), modules)
  others.push(other)
  return other
}

beforeAll(async () => {
  desk = await place(inject('postgresUrl'))
  await desk.tessera('db migrate')
  await desk.tessera('db populate --tickets 400')
  await desk.tessera('user create ada@example.org --role agent --password-stdin', { input: 'correct horse battery\n' })
  key = (await desk.tessera('apikey create --user ada@example.org --name CI --json')).json().key
  await mkdir(join(desk.dataDir, 'files', 'ab'), { recursive: true })
  await writeFile(join(desk.dataDir, 'files', 'ab', 'photo'), Buffer.from([0, 255, 13, 10, 0]))
  await writeFile(join(desk.dataDir, 'files', 'note.txt'), 'Ünïcödé')
  partner = String((await desk.query('select id from partner order by id limit 1'))[0]?.id)
  opened = await desk.open()
})
afterAll(async () => {
  await opened?.close()
  for (const each of [desk, ...others]) await each?.remove()
})

const ask = (address: string, path: string, init: RequestInit = {}) =>
  fetch(`${address}/api${path}`, { ...init, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } })
let partner: string
const file = (at: Opened, subject: string) => ask(at.address, '/tickets', { method: 'POST', body: JSON.stringify({ subject, partner }) })
const openingsOfTickets = `select count(*)::int as tickets, (select count(*)::int from ticket_opening) as openings,
  (select count(*)::int from ticket t where exists (select from ticket_opening o where o.ticket_id = t.id)) as opened from ticket`

test('A backup that is made while people work holds one instant', async () => {
  const archive = join(desk.dataDir, 'while-working.zip')
  const [before] = await desk.query(openingsOfTickets)
  let isWorking = true
  const filed: number[] = []
  const people = [1, 2, 3].map(async () => {
    while (isWorking) {
      filed.push((await file(opened, 'Written meanwhile')).status)
    }
  })
  await vi.waitUntil(() => filed.length > 5, { timeout: 20_000 })
  const made = await desk.tessera(`db backup ${archive} --json`)
  isWorking = false
  await Promise.all(people)
  expect(made).toMatchObject({ code: 0 })
  expect(new Set(filed)).toEqual(new Set([201]))

  const copy = await elsewhere()
  expect(await copy.tessera(`db restore ${archive}`)).toMatchObject({ code: 0 })
  const [after] = await desk.query(openingsOfTickets)
  const [then] = await copy.query(openingsOfTickets)
  expect(then?.tickets).toBeGreaterThan(Number(before?.tickets))
  expect(then?.tickets).toBeLessThan(Number(after?.tickets))
  expect(then?.opened).toBe(then?.tickets)
  expect(Number(after?.tickets) - Number(then?.tickets)).toBe(Number(after?.openings) - Number(then?.openings))
})

test('What is restored is the same, row for row, in the same schema, and the application answers the same', async () => {
  const { identity } = await opened.app.servicesFor({ door: 'web' })
  const signedIn = await identity.signIn('ada@example.org', 'correct horse battery', { ip: '192.0.2.7' })
  if (!('token' in signedIn)) throw new Error('She is signed in at once.')
  await opened.app.queue.drain()
  const { head } = (await desk.tessera('audit verify --json')).json()
  // One job waits, one is being done at the moment of the backup, and one is long done.
  await file(opened, 'With a job')
  await desk.query(`insert into pgboss.job (name, data, state) values ('tessera', '{"kind": "job", "job": "nobody.knows", "input": {}, "actor": null}', 'created'),
    ('tessera', '{"kind": "job", "job": "nobody.knows.it.runs", "input": {}, "actor": null}', 'active'),
    ('tessera', '{"kind": "job", "job": "nobody.knows.it.ran", "input": {}, "actor": null}', 'completed')`)

  const made = await desk.tessera('db backup')
  expect(made.code).toBe(0)
  expect(made.out).toMatch(/^Backup of [\d,]+ rows in \d+ tables and 2 files: .*\.zip, [\d.]+ [kM]B, in [\d.]+ s\.$/m)
  expect(made.err).toContain('The secret of this deployment')
  const [name = ''] = await readdir(join(desk.dataDir, 'backups'))
  const archive = join(desk.dataDir, 'backups', name)
  expect(name).toMatch(/^backup_\w+-\d{4}-\d\d-\d\dT\d{6}Z\.zip$/)
  expect((await stat(archive)).mode & 0o777).toBe(0o600)
  expect((await readFile(archive)).includes('what a deployment seals')).toBe(false)

  const copy = await elsewhere()
  const restored = await copy.tessera(`db restore ${archive} --json`)
  expect(restored.code).toBe(0)
  expect(restored.json()).toMatchObject({ files: 2, modules: 5 })
  const { session, link, tessera_limit, tessera_operation, ...kept } = await desk.contents()
  const { session: sessions, link: links, tessera_limit: limits, tessera_operation: operations, ...there } = await copy.contents()
  expect(there).toEqual(kept)
  expect([sessions, links, limits, operations]).toEqual(Array(4).fill('0 rows, 0'))
  expect(session).not.toBe('0 rows, 0')
  expect(await copy.schema()).toEqual(await desk.schema())
  expect(await readFile(join(copy.dataDir, 'files', 'ab', 'photo'))).toEqual(Buffer.from([0, 255, 13, 10, 0]))
  expect(await readFile(join(copy.dataDir, 'files', 'note.txt'), 'utf8')).toBe('Ünïcödé')

  const jobs = (at: Place) =>
    at.query(`select data->>'job' as job, state::text from pgboss.job where name = 'tessera' and data->>'job' like 'nobody%' order by 1`)
  expect(await jobs(copy)).toEqual([
    { job: 'nobody.knows', state: 'created' },
    { job: 'nobody.knows.it.runs', state: 'retry' },
  ])

  expect((await copy.tessera('db status --json')).json()).toMatchObject({ upToDate: true, statements: [] })
  expect((await copy.tessera(`audit verify --head ${head}`)).code).toBe(0)
  const other = await copy.open()
  try {
    for (const path of ['/tickets?limit=50&sort=-number', '/partners?limit=50']) {
      const [here, theirs] = await Promise.all([ask(opened.address, path), ask(other.address, path)])
      expect(theirs.status).toBe(200)
      expect(await theirs.json()).toEqual(await here.json())
    }
    // Whoever was signed in is not, in the copy.
    const { identity: theirs } = await other.app.servicesFor({ door: 'web' })
    expect(await identity.userOfSession(signedIn.token)).toBeDefined()
    expect(await theirs.userOfSession(signedIn.token)).toBeUndefined()
    // Numbers go on where they were.
    const next = await Promise.all([opened, other].map(async (at) => (await file(at, 'Next')).json()))
    expect((next[1] as { number: string }).number).toBe((next[0] as { number: string }).number)
  } finally {
    await other.close()
  }
})

test('A backup never writes over a file', async () => {
  const file = await desk.file('mine.zip', 'mine')
  const refused = await desk.tessera(`db backup ${file}`)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain(`There is already a file ${file}`)
  expect(await readFile(file, 'utf8')).toBe('mine')
})

test.skipIf(process.platform === 'win32')('A disk that is full leaves no archive behind, whole or not', async () => {
  const words = ['-c', 'ulimit -f 20; exec "$0" core/cli/main.js db backup', process.execPath]
  const { PATH, HOME } = process.env
  const ended = await promisify(execFile)('bash', words, { env: { PATH, HOME, ...desk.env, DATA_DIR: join(desk.dataDir, 'full') } }).catch(
    (error) => error,
  )
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: The archive .* cannot be written: EFBIG/) })
  expect(await readdir(join(desk.dataDir, 'full'), { recursive: true })).toEqual(['backups'])
})

test('A database that Tessera never saw has nothing to back up', async () => {
  const empty = await elsewhere()
  const refused = await empty.tessera('db backup')
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('There is nothing to back up')
  expect(await readdir(empty.dataDir)).toEqual([])
})
