/** An addon of somebody else's: built, packed and installed by npm into a deployment that is no part of its repository. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'
import { startServer } from './server.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 })

const repository = resolve(import.meta.dirname, '..', '..')
const name = 'tessera-addon-courier'
const run = promisify(execFile)
const tsc = (folder: string) => run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', folder])
const npm = (folder: string, ...words: string[]) =>
  run('npm', [...words, '--offline', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder })

let author: string
let database: TestDatabase
let cli: Deployment
beforeAll(async () => {
  // Where the author works: his package, with Tessera to compile against.
  author = await mkdtemp(join(tmpdir(), 'tessera-author-'))
  await cp(join(import.meta.dirname, '..', 'fixtures', name), join(author, name), { recursive: true })
  await symlink(join(repository, 'node_modules'), join(author, 'node_modules'))
  await tsc(join(author, name))
  await npm(join(author, name), 'pack', '--pack-destination', author)

  database = await testDatabase(inject('postgresUrl'), { name: 'cli_npm' })
  cli = await deployment({ DATABASE_URL: database.url, LOG_LEVEL: 'warn' })
  await rm(join(cli.folder, 'node_modules'))
  const ours = Object.fromEntries(
    ['core', 'modules/base', 'modules/web', 'modules/thread', 'modules/partner', 'modules/ticket'].map((folder) => [
      `@tessera/${folder.split('/').at(-1)}`,
      `file:${join(repository, folder)}`,
    ]),
  )
  // As in a workspace, where npm puts what core needs beside it.
  const dependencies = { ...ours, '@mikro-orm/core': `file:${join(repository, 'node_modules/@mikro-orm/core')}` }
  await cli.file('package.json', JSON.stringify({ name: 'trials', version: '1.2.3', type: 'module', dependencies }))
  await npm(cli.folder, 'install', join(author, `${name}-1.0.0.tgz`))
  await cli.file('config/tessera.ts', `export default { install: ['ticket'], packages: ['${name}'] }`)
  await cli.tessera('db migrate')
})
afterAll(async () => {
  await cli?.remove()
  await database?.drop()
  await rm(author, { recursive: true })
})

test('The package holds what runs, its types and its texts, and none of its sources', async () => {
  const files = await readdir(join(cli.folder, 'node_modules', name), { recursive: true })
  expect(files.filter((file) => file.includes('.')).sort()).toEqual([
    'README.md',
    'dist/fields.d.ts',
    'dist/fields.js',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
    'texts/en.json',
    'texts/fr.json',
  ])
})

test('It is found, keeps the house rules, and is installed like any other', async () => {
  expect((await cli.tessera('module list --json')).json()).toContainEqual(
    expect.objectContaining({ name, version: '1.0.0', kind: 'addon', description: 'Which parcel of a courier a ticket is about' }),
  )
  const check = await cli.tessera(`module check ${name}`)
  expect(check).toMatchObject({ code: 0, err: '' })
  const done = await cli.tessera(`module install ${name} --yes --json`)
  expect(done).toMatchObject({ code: 0 })
  const columns = await columnsOf('ticket')
  expect(columns).toEqual(expect.arrayContaining(['courier_parcel', 'courier_delivered']))
})

test('Its fields and its rule are in the API, its document and the form, with one core and one ticket module', async () => {
  const document = (await cli.tessera('openapi export')).json()
  expect(JSON.stringify(document.components.schemas)).toContain('courierParcel')
  const { parts } = (await cli.tessera('module info --view ticket.form --json')).json()
  expect(JSON.stringify(parts)).toContain(
    `{"kind":"field","name":"courierParcel","isShown":true,"deeds":[{"module":"${name}","did":"inserted"}],"of":[]}`,
  )

  await cli.tessera('user create ada@example.org --role manager --json')
  const { key } = (await cli.tessera('apikey create --user ada@example.org --name CI --json')).json()
  const server = await startServer(cli)
  const ask = async (method: string, path: string, body?: object, language = 'en') => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'accept-language': language }
    const answer = await fetch(`${server.address}/api${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: answer.status, body: (await answer.json()) as { readonly data: { readonly id: string } } }
  }
  try {
    const partner = await ask('POST', '/partners', { name: 'Fatou Camara' })
    const filed = await ask('POST', '/tickets', { subject: 'Where is it?', partner: partner.body.data.id, courierParcel: 'JD-0017' })
    expect(filed).toMatchObject({ status: 201, body: { data: { courierParcel: 'JD-0017', courierDelivered: false } } })
    const { id } = filed.body.data
    expect((await ask('GET', '/tickets?q=JD-0017')).body.data).toMatchObject([{ id }])
    const refused = await ask('POST', `/tickets/${id}/close`, {}, 'fr')
    expect(refused).toMatchObject({ status: 422, body: { detail: 'Le colis JD-0017 est encore en route.' } })
    await ask('PATCH', `/tickets/${id}`, { courierDelivered: true })
    expect((await ask('POST', `/tickets/${id}/close`, {})).status).toBe(200)
  } finally {
    await server.stop()
  }
})

test('Whoever builds on it has its fields in his types', async () => {
  await cli.file(
    'tsconfig.json',
    JSON.stringify({ extends: join(repository, 'tsconfig.json'), compilerOptions: { types: [] }, include: ['uses.ts'] }),
  )
  await writeFile(
    join(cli.folder, 'uses.ts'),
    `import type { Ticket } from '@tessera/ticket'
import type {} from '${name}'
export const parcelOf = (ticket: Ticket): string | null => ticket.courierParcel
// @ts-expect-error a number it is not
export const numberOf = (ticket: Ticket): number => ticket.courierParcel
`,
  )
  const said = await tsc(cli.folder).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  )
  expect(said.split('\n').filter((line) => line.startsWith('uses.ts'))).toEqual([])
})

async function columnsOf(table: string): Promise<readonly string[]> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rows } = await client.query<{ column_name: string }>('select column_name from information_schema.columns where table_name = $1', [
    table,
  ])
  await client.end()
  return rows.map(({ column_name }) => column_name)
}
