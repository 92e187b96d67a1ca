import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { SetupError } from '../errors.ts'
import { loadConfig, loadDeployment, variables } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const refusal = (env: NodeJS.ProcessEnv): SetupError => {
  try {
    loadConfig(env, '/srv/desk')
  } catch (error) {
    if (error instanceof SetupError) return error
    throw error
  }
  throw new Error('the environment was accepted')
}

describe('the environment', () => {
  test('needs nothing: everything has a default', () => {
    expect(loadConfig({}, '/srv/desk')).toEqual({
      environment: 'production',
      port: 3000,
      host: '127.0.0.1',
      baseUrl: 'http://localhost:3000',
      dataDir: '/srv/desk/data',
      databaseUrl: undefined,
      databasePool: 10,
      webWorkers: 1,
      logLevel: 'info',
      trustProxy: 'none',
      smtpUrl: undefined,
      mailFrom: 'Tessera <tessera@localhost>',
      variable: expect.any(Function),
      secret: expect.any(Function),
    })
  })

  test('says where mail goes and whom it is from', () => {
    const about = { BASE_URL: 'https://desk.example.org', SMTP_URL: 'smtps://desk:secret@mail.example.org' }
    expect(loadConfig(about, '/')).toMatchObject({ smtpUrl: about.SMTP_URL, mailFrom: 'Tessera <tessera@desk.example.org>' })
    expect(loadConfig({ MAIL_FROM: 'Service desk <desk@example.org>' }, '/').mailFrom).toBe('Service desk <desk@example.org>')
    expect(() => loadConfig({ SMTP_URL: 'mail.example.org' }, '/')).toThrow(/SMTP_URL is the mail server/)
    expect(() => loadConfig({ MAIL_FROM: 'desk@example.org\r\nBcc: all@example.org' }, '/')).toThrow(/MAIL_FROM is whom mail is from/)
  })

  test('has a secret that is made once, for its owner alone, and a key of its own for each purpose', () => {
    const dataDir = join(folder, 'kept')
    const { secret } = loadConfig({ DATA_DIR: dataDir }, '/')
    expect(existsSync(dataDir)).toBe(false)
    const key = secret('audit')
    expect(key).toHaveLength(32)
    expect(secret('audit')).toEqual(key)
    expect(secret('sealing')).not.toEqual(key)
    expect(readdirSync(dataDir)).toEqual(['secret'])
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600)
    expect(loadConfig({ DATA_DIR: dataDir }, '/').secret('audit')).toEqual(key)
    expect(loadConfig({ DATA_DIR: join(folder, 'other') }, '/').secret('audit')).not.toEqual(key)
  })

  test('takes the secret of the environment, and never shows a wrong one', () => {
    const given = 'correct horse battery staple, and more'
    const { secret } = loadConfig({ TESSERA_SECRET: given }, '/nowhere')
    expect(secret('audit')).toEqual(loadConfig({ TESSERA_SECRET: given, DATA_DIR: '/elsewhere' }, '/').secret('audit'))
    const { message } = refusal({ TESSERA_SECRET: 'hunter2' })
    expect(message).toBe(
      'TESSERA_SECRET is what stored secrets are sealed with and must be a text of at least 32 characters, not one of 7.',
    )
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    expect(() => loadConfig({ DATA_DIR: file }, '/').secret('audit')).toThrow(/^The secret of this deployment cannot be kept in/)
  })

  test('is one secret for all who make it at the same moment', async () => {
    const dataDir = join(folder, 'together')
    const script = `import { loadConfig } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      console.log(loadConfig({ DATA_DIR: ${JSON.stringify(dataDir)} }, '/').secret('audit').toString('hex'))`
    const all = await Promise.all(
      Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])),
    )
    expect(new Set(all.map(({ stdout }) => stdout)).size).toBe(1)
    expect(readdirSync(dataDir)).toEqual(['secret'])
  })

  test('has variables that modules read for themselves, from a file too', () => {
    const { variable } = loadConfig({ TELEGRAM_BOT_TOKEN: '1:abc', BROKEN: 'x', BROKEN_FILE: '/nowhere' }, '/')
    expect(variable('TELEGRAM_BOT_TOKEN')).toBe('1:abc')
    expect(variable('NOT_GIVEN')).toBeUndefined()
    expect(() => variable('BROKEN')).toThrow('BROKEN and BROKEN_FILE are both set; keep one of them.')
  })

  test('is frozen', () => {
    expect(Object.isFrozen(loadConfig({}, '/srv/desk'))).toBe(true)
  })

  test('keeps the base address without its last slash and follows the port when it is not given', () => {
    expect(loadConfig({ BASE_URL: 'https://desk.example.org/help/' }, '/').baseUrl).toBe('https://desk.example.org/help')
    expect(loadConfig({ PORT: '8080' }, '/').baseUrl).toBe('http://localhost:8080')
  })

  test('takes a relative data folder from the root, and an absolute one as it is', () => {
    expect(loadConfig({ DATA_DIR: 'here' }, '/srv/desk').dataDir).toBe('/srv/desk/here')
    expect(loadConfig({ DATA_DIR: '/var/lib/desk' }, '/srv/desk').dataDir).toBe('/var/lib/desk')
  })

  test('knows proxies by number or by network', () => {
    expect(loadConfig({ TRUST_PROXY: '2' }, '/').trustProxy).toBe(2)
    expect(loadConfig({ TRUST_PROXY: '10.0.0.0/8, ::1' }, '/').trustProxy).toEqual(['10.0.0.0/8', '::1'])
    expect(refusal({ TRUST_PROXY: '10.0.0.0/33' }).message).toBe(
      'TRUST_PROXY is whose X-Forwarded headers are believed and must be "none", the number of proxies in front, or their networks like "10.0.0.0/8, ::1", not "10.0.0.0/33".',
    )
  })

  test('reads any variable from a file, without the line end', () => {
    const file = join(folder, 'secret')
    writeFileSync(file, 'postgres://desk:s3cret@db/desk\n')
    expect(loadConfig({ DATABASE_URL_FILE: file, PORT: '' }, '/').databaseUrl).toBe('postgres://desk:s3cret@db/desk')
  })

  test('says every mistake at once', () => {
    const { message, exitCode } = refusal({ PORT: '70000', BASE_URL: 'desk.example.org', LOG_LEVEL: 'loud', DATABASE_POOL: '0' })
    expect(exitCode).toBe(3)
    expect(message.split('\n')).toEqual([
      'PORT is the port of the web server and must be a whole number from 0 to 65535, not "70000".',
      'BASE_URL is the address people reach it at and must be an absolute address like https://desk.example.org, not "desk.example.org".',
      'DATABASE_POOL is the most connections a process opens for its requests and jobs and must be a whole number from 2 to 1000, not "0".',
      'LOG_LEVEL is the least important kind of line that is logged and must be one of fatal, error, warn, info, debug, trace, silent, not "loud".',
    ])
  })

  test('refuses a variable given twice and a file that is not there', () => {
    const { message } = refusal({ PORT: '1', PORT_FILE: '/x', HOST_FILE: join(folder, 'nowhere') })
    expect(message).toContain('PORT and PORT_FILE are both set; keep one of them.')
    expect(message).toMatch(/HOST_FILE names a file that cannot be read: ENOENT.*nowhere/)
  })

  test.each(['mysql://desk:s3cret@db/desk', 'postgres://desk:s3cret@db:port/desk', 'desk:s3cret@db', 'mysql://db/desk?password=s3cret'])(
    'never shows the password of a wrong database address: %s',
    (url) => {
      const { message } = refusal({ DATABASE_URL: url })
      expect(message).toMatch(/^DATABASE_URL is .* not ".*db.*"\.$/)
      expect(message).not.toContain('s3cret')
    },
  )

  test('is a table with a description of each variable', () => {
    expect(variables.find(({ name }) => name === 'PORT')).toEqual({
      name: 'PORT',
      description: 'the port of the web server',
      default: '3000',
    })
    expect(variables.find(({ name }) => name === 'BASE_URL')?.default).toBe('http://localhost:<PORT>')
    expect(variables.filter(({ description }) => description === '')).toEqual([])
  })
})

describe('the deployment', () => {
  const rootWith = (text?: string): string => {
    const root = mkdtempSync(join(folder, 'root-'))
    mkdirSync(join(root, 'config'))
    if (text !== undefined) writeFileSync(join(root, 'config', 'tessera.ts'), text)
    return root
  }

  test('names what to install', async () => {
    const root = rootWith(`export default { install: ['ticket', 'fleet'], packages: ['@acme/fleet'] }`)
    expect(await loadDeployment(root)).toEqual({ install: ['ticket', 'fleet'], packages: ['@acme/fleet'] })
  })

  test.each([
    [undefined, /^There is no .*tessera\.ts, which says what to install\.$/],
    ['export const install = []', /its default export must be an object\.$/],
    ['export default {}', /"install" must be a list of names\.$/],
    [`export default { install: ['ticket', ''] }`, /"install" has an empty name\.$/],
    [`export default { install: [], package: [] }`, /"package" is not known; did you mean "packages"\?$/],
    ['throw new Error("no luck")', /cannot be loaded: no luck$/],
  ])('is refused with a sentence: %s', async (text, sentence) => {
    const refused = await loadDeployment(rootWith(text)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(SetupError)
    expect((refused as SetupError).message).toMatch(sentence)
  })
})
