/** What `tessera module new` writes passes at once what an author would run over it: types, lint, the check, its own tests. */
import { execFile } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

const repository = resolve(import.meta.dirname, '..', '..')
const started = [
  ['modules/bike-fleet', 'bike-fleet'],
  ['addons/warranty-desk', 'warranty-desk --extends ticket'],
  ['addons/loyalty', 'loyalty --extends partner'],
  // Records that lie within others, in an addon with as long a name as there can be.
  ['modules/a-name-of-as-many-letters-as-x', 'a-name-of-as-many-letters-as-x --extends contactPoint --in modules'],
] as const
const folders = started.map(([folder]) => folder)

let cli: Deployment
beforeAll(async () => {
  cli = await deployment({})
  for (const [, words] of started) expect(await cli.tessera(`module new ${words}`)).toMatchObject({ code: 0, err: '' })
})
afterAll(() => cli.remove())

/** A tool of the repository, run in the deployment's folder. */
function run(tool: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: unknown; said: string }> {
  return new Promise((done) => {
    const options = { cwd: cli.folder, env: { ...process.env, ...env, NO_COLOR: '1' }, maxBuffer: 2 ** 26 }
    const node = [join(repository, 'node_modules', tool), ...words]
    execFile(process.execPath, node, options, (error, out, err) => done({ code: error?.code ?? 0, said: out + err }))
  })
}

test('A new module says what it wrote and what comes next', async () => {
  const { out } = await cli.tessera('module new rental')
  expect(out).toContain('Started modules/rental:\n  package.json\n  README.md\n  index.ts\n  rental.model.ts\n')
  expect(out).toContain('npm run types && npx vitest run modules/rental\n')
  const { files, kind } = (await cli.tessera('module new spare-part --extends ticket --json')).json()
  expect(kind).toBe('addon')
  expect(files).toEqual([
    'package.json',
    'README.md',
    'index.ts',
    'fields.ts',
    'views.ts',
    'clerk.ts',
    'spare-part.test.ts',
    'texts/en.json',
  ])
  expect(await readFile(join(cli.folder, 'addons/spare-part/index.ts'), 'utf8')).toContain('override async close(')
  expect(await readFile(join(cli.folder, 'addons/spare-part/fields.ts'), 'utf8')).toContain('sparePartReference: p.string()')
})

test('It fits together with the others, and keeps the house rules', async () => {
  expect((await cli.tessera('module check')).code).toBe(0)
  for (const folder of folders) {
    const name = folder.split('/')[1]!
    const { code, out } = await cli.tessera(`module check ${name}`)
    expect([code, out]).toEqual([0, expect.stringContaining(`"${name}" 0.1.0 keeps the house rules.`)])
  }
})

test('The compiler has nothing to say', async () => {
  const include = [...folders, join(repository, 'test/setup/postgres.ts')]
  await cli.file('tsconfig.json', JSON.stringify({ extends: join(repository, 'tsconfig.json'), include }))
  const { said } = await run('typescript/bin/tsc', ['--noEmit', '-p', '.'])
  expect(said.split('\n').filter((line) => folders.some((folder) => line.startsWith(folder)))).toEqual([])
})

test('The linter and the formatter have nothing to say', async () => {
  await copyFile(join(repository, 'biome.json'), join(cli.folder, 'biome.json'))
  const { code, said } = await run('@biomejs/biome/bin/biome', ['check', '--vcs-enabled=false', '--error-on-warnings', ...folders])
  expect([code, said]).toEqual([0, expect.stringContaining('No fixes applied.')])
})

test('Its own tests pass', async () => {
  await cli.file(
    'vitest.config.ts',
    `import { defineConfig } from 'vitest/config'
export default defineConfig({
  test: {
    include: ${JSON.stringify(folders.map((folder) => `${folder}/*.test.ts`))},
    globalSetup: [${JSON.stringify(join(repository, 'test/setup/postgres.ts'))}],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
`,
  )
  const { code, said } = await run('vitest/vitest.mjs', ['run'], { TEST_DATABASE_URL: inject('postgresUrl') })
  expect(said).toMatch(/Tests\s+40 passed \(40\)/)
  expect(code).toBe(0)
})

test.each([
  [
    '"Bike Shop"',
    'A module is named with small letters, digits and single hyphens, a letter first: "Bike Shop" is not.',
    '"bike-shop" would do.',
  ],
  ['bike--shop', 'single hyphens', '"bike-shop" would do.'],
  ['a-name-that-nobody-would-ever-type', 'has 34 letters: 30 are the most.'],
  ['class', 'The name "class" is taken by the language or by Tessera itself.'],
  ['user', 'There is a command "tessera user", so no model can have this name.'],
  ['program', 'There is already a model "program", of "spp".', 'tessera module new NAME --extends program makes an addon to it.'],
  ['spp', 'There is already a module "spp", in '],
  ['bike-fleet', 'There is already a module "bike-fleet", in '],
  ['gift --in desk', 'A module lies in addons or in modules, not in "desk".'],
  ['gift --extends tickt', 'There is no model "tickt" to extend.', 'Did you mean "ticket"?'],
  ['gift --extends session', 'The model "session" of "base" has no screens of its own'],
])('"module new %s" is refused', async (words, sentence, hint = '') => {
  const { code, err, out } = await cli.tessera(`module new ${words}`)
  expect([code, out]).toEqual([1, ''])
  expect(err).toContain(sentence)
  expect(err).toContain(hint)
})

test('A broken house rule is named, and the exit code says that a check found work', async () => {
  await cli.file('addons/mute/package.json', '{ "name": "@tessera/mute", "version": "soon", "type": "module" }')
  await cli.file('addons/mute/index.ts', `import { defineModule } from '@tessera/core'\nexport default defineModule({ name: 'mute' })\n`)
  const { code, out } = await cli.tessera('module check mute')
  expect(code).toBe(5)
  expect(out).toContain('"mute" soon breaks 2 house rules.')
  expect(out).toContain(
    'A module names itself and its version, and says in a README what it is for.\n  Its package.json has no version such as 1.0.0.\n  It has no README.md.',
  )
  expect(out).toContain('A module has a test of its own.\n  No file of it ends in .test.ts.')
  const { rules } = (await cli.tessera('module check mute --json')).json()
  expect(rules.filter(({ findings }: { findings: string[] }) => findings.length > 0)).toHaveLength(2)
})
