import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testFolder } from '../../core/testing/folder.ts'
import { type Deployment, deployment } from './deployment.ts'
import { freePort } from './server.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

// The embedded server in a folder of its own, as a newcomer has it.
let cli: Deployment
let dataDir: string
let port: number
beforeAll(async () => {
  dataDir = await testFolder('tessera-cli-data')
  port = await freePort()
  cli = await deployment({ DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'warn' })
})
afterAll(async () => {
  await cli.remove()
  await rm(dataDir, { recursive: true, force: true })
})

/** Starts, and resolves with what was said until the server is ready. */
async function started(): Promise<{ said: string; stop(signal: NodeJS.Signals): Promise<{ code: number | null; milliseconds: number }> }> {
  const child = cli.spawned(['start'])
  const closed = once(child, 'close')
  let said = ''
  for await (const line of createInterface(child.stderr)) {
    said += `${line}\n`
    if (line.startsWith('Ready')) break
  }
  child.stderr.resume()
  return {
    said,
    async stop(signal) {
      const from = performance.now()
      child.kill(signal)
      const [code] = await closed
      return { code, milliseconds: performance.now() - from }
    },
  }
}

test('A first start prepares everything, answers, and stops when it is told to', async () => {
  const server = await started()
  expect(server.said).toContain('The database is set up.')
  expect(server.said).toContain(`Ready at http://localhost:${port}`)
  expect((await fetch(`http://127.0.0.1:${port}/api/tickets`)).status).toBe(401)

  // Commands find the same database while the server runs.
  expect((await cli.tessera('user create ada@example.org --role agent --json')).code).toBe(0)
  const { key } = (await cli.tessera('apikey create --user ada@example.org --name CI --json')).json()
  expect((await fetch(`http://127.0.0.1:${port}/api/tickets`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200)

  const second = await cli.tessera('start')
  expect(second.code).toBe(4)
  expect(second.err).toContain(`Tessera is already running on ${dataDir}`)

  expect(await server.stop('SIGTERM')).toMatchObject({ code: 0, milliseconds: expect.closeTo(0, -4) })
})

test('The link for the first administrator is printed until somebody has taken it', async () => {
  const child = cli.spawned(['start', '--json'])
  const closed = once(child, 'close')
  let document = ''
  for await (const chunk of child.stdout) {
    document += chunk
    if (document.endsWith('}\n')) break
  }
  child.kill('SIGINT')
  expect((await closed)[0]).toBe(0)
  const { url, firstRun } = JSON.parse(document)
  expect(firstRun).toMatch(new RegExp(`^${url}/first-run/[\\w-]{43}$`))

  // The commands still find the database without the server. Whoever sets the password of an administrator has taken over.
  const users: { email: string; roles: string[] }[] = (await cli.tessera('user list --json')).json()
  const administrators = users.filter(({ roles }) => roles.includes('administrator'))
  expect(administrators).toHaveLength(1)
  await cli.tessera(`user passwd ${administrators[0]?.email} --password-stdin`, { input: 'correct horse battery' })
  const server = await started()
  expect(server.said).not.toContain('first-run')
  expect((await server.stop('SIGINT')).code).toBe(0)
})

test('A start by npm ends with npm, which tells only the shell between them', async () => {
  const main = resolve('core', 'cli', 'main.js')
  await cli.file('package.json', JSON.stringify({ version: '1.2.3', type: 'module', scripts: { start: `node ${main} start` } }))
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'warn' }
  const npm = spawn('npm', ['start'], { cwd: cli.folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  // The server holds the stream as well.
  const closed = once(npm, 'close')
  let said = ''
  for await (const line of createInterface(npm.stderr)) {
    said += `${line}\n`
    if (line.startsWith('Ready')) npm.kill('SIGTERM')
  }
  await closed
  expect(said).toContain('Stopping …')
  expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false)
})

test('A port that is taken is named, with a way out', async () => {
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  const { code, err } = await cli.tessera('start')
  other.close()
  expect(code).toBe(3)
  expect(err).toContain(`error: Port ${port} of 127.0.0.1 is used by another program.`)
  expect(err).toContain(`PORT=${port + 1}`)
})
