/**
 * Who uses the embedded server, and when it may stop.
 *
 * Everybody who is attached has a *seat*: one connection of its own that holds the lock `use` shared, and as owner the lock
 * `owner` too. PostgreSQL drops both in the moment the process dies, however it dies, so no lock is ever left behind.
 *
 * Who leaves lets go of `use` and then tries to get it for itself alone. Getting it means that nobody else has a seat and that
 * nobody can take one: the server is stopped. Not getting it means that others are there, and the last of them will stop it. It
 * cannot happen that nobody does: of all who leave, the one that lets go last finds nobody.
 * Who arrives while the server is being stopped does not get `use`, waits until it is gone and starts it again.
 *
 * So owner and guests follow one rule, and a server left over by a killed process is simply used by the next one.
 */
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { SetupError } from '../errors.ts'
import type { Database, Role } from './index.ts'
import { lockKey, withAdvisoryLock } from './locks.ts'
import { type Cluster, findServer, openCluster, type Server, startServer, stopServer } from './server.ts'

export interface EmbeddedOptions {
  /** Absolute path; the server's files are in `postgres` and `postgres.log` inside. */
  readonly dataDir: string
  readonly role: Role
  /** False is for tests: faster, but a crash of the machine may lose everything. */
  readonly durable?: boolean
}

/**
 * Takes a seat at the server in `dataDir`, starting it when none runs. While the seat is taken, a server that dies is started
 * again on the same port. Its `tessera` role is no superuser: an injected query must not reach the machine. Throws a SetupError.
 */
export async function openEmbedded({ dataDir, role, durable = true }: EmbeddedOptions): Promise<Database> {
  const cluster = await openCluster(dataDir, durable)
  let seat = await takeSeat(cluster, role)
  let closed: Promise<void> | undefined
  let returning: Promise<void> | undefined
  const { port } = seat.server

  const stay = () => {
    seat.client.once('end', () => {
      if (!closed) returning = comeBack()
    })
  }
  const comeBack = async () => {
    while (!closed) {
      try {
        seat = await takeSeat(cluster, role, port)
        return stay()
      } catch {
        // The requests say what is wrong; here it is only tried until it works again.
        await sleep(500)
      }
    }
  }
  const close = async () => {
    await returning
    await leave(cluster, seat)
  }

  stay()
  return {
    url: `postgresql://tessera:${userPassword(cluster)}@127.0.0.1:${port}/tessera`,
    embedded: true,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

interface Seat {
  readonly server: Server
  readonly client: pg.Client
}

const use = lockKey('use')
const owner = lockKey('owner')
const pollMs = 20
/** How long a server may take to recover from a crash or to stop. */
const patienceMs = 120_000
const answerMs = 10_000
/** PostgreSQL notices within milliseconds that an owner was killed. */
const graceMs = 1000

async function takeSeat(cluster: Cluster, role: Role, port?: number): Promise<Seat> {
  const seat = await sitDown(cluster, role, port)
  try {
    if (role === 'owner') await becomeOwner(cluster, seat)
    await withAdvisoryLock(seat.client, 'prepare', () => prepare(cluster, seat.client))
    return seat
  } catch (error) {
    await leave(cluster, seat)
    throw error
  }
}

async function sitDown(cluster: Cluster, role: Role, port: number | undefined): Promise<Seat> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(pollMs)) {
    const server = await findServer(cluster)
    if (!server) {
      await startServer(cluster, port)
      continue
    }
    const client = await enter(cluster, server, role)
    if (client) return { server, client }
  }
  throw new SetupError(4, `PostgreSQL in ${cluster.folder} neither starts nor stops; see ${cluster.log}.`)
}

/** A connection with the lock `use`; undefined while the server is starting or stopping. */
async function enter({ folder, password }: Cluster, { port }: Server, role: Role): Promise<pg.Client | undefined> {
  const address = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password }
  const application_name = `tessera ${role} ${process.pid}`
  const client = new pg.Client({ ...address, application_name, connectionTimeoutMillis: answerMs })
  // Losing the connection is told by `end`.
  client.on('error', () => undefined)
  try {
    await client.connect()
    if (await holds(client, 'select pg_try_advisory_lock_shared($1) as held', use)) return client
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string }
    // A connection that just breaks has no code.
    if (code && !['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(code)) {
      throw new SetupError(4, `The embedded PostgreSQL in ${folder} does not let us in: ${message}.`, { cause })
    }
  }
  await client.end().catch(() => undefined)
  return undefined
}

async function becomeOwner(cluster: Cluster, { client }: Seat): Promise<void> {
  for (const deadline = Date.now() + graceMs; Date.now() < deadline; await sleep(pollMs)) {
    if (await holds(client, 'select pg_try_advisory_lock($1) as held', owner)) return
  }
  const { rows } = await client.query<{ pid: string }>(
    `select substring(application_name from '\\d+$') as pid from pg_stat_activity where pid in (
       select pid from pg_locks where locktype = 'advisory' and granted and (classid::bigint << 32 | objid::bigint) = $1)`,
    [owner],
  )
  throw new SetupError(4, `Tessera is already running on ${cluster.dataDir} (process ${rows[0]?.pid ?? 'unknown'}).`, {
    hint: 'Stop that process first, or choose another DATA_DIR.',
  })
}

/** The role and the database of Tessera, made by whoever comes first. */
async function prepare(cluster: Cluster, client: pg.Client): Promise<void> {
  const { rows } = await client.query(`select from pg_database where datname = 'tessera'`)
  if (rows.length > 0) return
  const role = await client.query(`select from pg_roles where rolname = 'tessera'`)
  if (role.rows.length === 0) await client.query(`create role tessera login createdb password '${userPassword(cluster)}'`)
  await client.query('create database tessera owner tessera')
}

/** Of the role that Tessera works as. From it nobody can compute the superuser's. */
function userPassword({ password }: Cluster): string {
  return createHmac('sha256', password).update('tessera').digest('base64url')
}

async function leave(cluster: Cluster, { server, client }: Seat): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [use])
    if (await holds(client, 'select pg_try_advisory_lock($1) as held', use)) await stopServer(cluster, server)
  } catch (error) {
    // Without a connection there is no server of ours to stop.
    if (error instanceof SetupError) throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function holds(client: pg.Client, query: string, key: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(query, [key])
  return rows[0]?.held === true
}
