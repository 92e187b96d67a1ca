import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let cli: Deployment
beforeAll(async () => {
  // Nobody listens there: these stories need no database, and show that none is opened.
  cli = await deployment({ DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/none' })
})
afterAll(() => cli.remove())

describe('What a person types wrong is answered in a sentence with what was meant', () => {
  test.for([
    ['strat', 'There is no command "strat".', 'Did you mean start?'],
    ['user creat ada@example.org', 'There is no command "creat".', 'Did you mean create?'],
    ['version --jsn', 'There is no option --jsn here.', 'Did you mean --json?'],
    ['user create --role agent', 'EMAIL is missing.', '--help'],
    ['user create ada@example.org', 'The option --role is needed.', '--help'],
    ['apikey create --name CI --user', 'The option --user needs a value.', '--help'],
    ['version now', 'There are more words than this command takes.', '--help'],
    ['data import ticket x.csv --map nonsense', '"nonsense" does not say which column fills which field: write COLUMN=FIELD.', ''],
  ] as const)('%s', async ([words, sentence, hint]) => {
    const { code, out, err } = await cli.tessera(words)
    expect(err).toContain(`error: ${sentence}`)
    expect(err).toContain(hint)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })
})

test('Help goes to stdout and is no error', async () => {
  for (const words of ['--help', 'user --help', 'data import --help', 'start --help']) {
    const { code, out, err } = await cli.tessera(words)
    expect({ words, code, err }).toEqual({ words, code: 0, err: '' })
    expect(out).toContain('Usage: tessera')
  }
})

test('The version is printed for people and for programs', async () => {
  expect((await cli.tessera('version')).out).toMatch(/^Tessera 1\.2\.3 \(Node \d+/)
  expect((await cli.tessera('version --json')).json()).toEqual({ tessera: '1.2.3', node: process.versions.node })
})

test('A Node that cannot run Tessera is told which one can', async () => {
  const { code, err } = await cli.tessera('version', { env: { NODE_OPTIONS: '--no-experimental-strip-types' } })
  expect({ code, err }).toEqual({
    code: 3,
    err: expect.stringMatching(/^error: Tessera runs on the Node that npm installs.*\nhint: Write npm run tessera --/),
  })
})

test('A wrong configuration ends with 3 and names the variable', async () => {
  const { code, out, err } = await cli.tessera('config show', { env: { PORT: 'eighty' } })
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toContain('PORT is the port of the web server and must be a whole number')
})

test('The configuration is shown without secrets', async () => {
  const { code, out } = await cli.tessera('config show --json', {
    env: { PORT: '4000', TESSERA_SECRET: 'known-to-nobody-else-but-this-one' },
  })
  expect(code).toBe(0)
  expect(JSON.parse(out)).toContainEqual({ name: 'PORT', value: '4000', from: 'environment', description: 'the port of the web server' })
  expect(out).not.toMatch(/known-to-nobody|:secret@/)
})

test('A database that does not answer ends with 4, without password and without stack trace', async () => {
  for (const words of ['user list', 'db status', 'module install spp', 'start']) {
    const { code, out, err } = await cli.tessera(words, { env: { LOG_LEVEL: 'silent' } })
    expect({ words, code, out }).toEqual({ words, code: 4, out: '' })
    expect(err).toContain('error: No PostgreSQL listens at 127.0.0.1:1.')
    expect(err).not.toMatch(/secret|^\s+at /m)
  }
})

test('The doctor finds it too, and ends with 5', async () => {
  const { code, out } = await cli.tessera('doctor --json')
  expect(code).toBe(5)
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    findings: expect.arrayContaining([expect.objectContaining({ ok: false, what: 'No PostgreSQL listens at 127.0.0.1:1.' })]),
  })
})

test('The graph of the modules needs no database', async () => {
  const graph: { name: string; needs: string[] }[] = (await cli.tessera('module graph --json')).json()
  const names = graph.map(({ name }) => name)
  for (const { name, needs } of graph) for (const need of needs) expect(names.indexOf(need)).toBeLessThan(names.indexOf(name))
  expect(names).toContain('ticket')
})

test('Modules that fit together pass the check; one that does not ends it with 5 and says why', async () => {
  expect((await cli.tessera('module check')).out).toContain('6 modules fit together.')
  await cli.file(
    'addons/broken/package.json',
    '{ "name": "@tessera/broken", "type": "module", "dependencies": { "@tessera/nowhere": "*" } }',
  )
  await cli.file('addons/broken/index.ts', '')
  const { code, out } = await cli.tessera('module check')
  expect(code).toBe(5)
  expect(out).toContain('nowhere')
})
