/** The database of the bench: the application's schema, a busy desk in it, and somebody with keys who asks. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { testDatabase } from '@tessera/core/testing'
import pg from 'pg'
import { populate } from '../../modules/ticket/demo/populate.ts'
import { startTestServer } from '../setup/postgres.ts'

export interface BenchData {
  readonly url: string
  readonly client: pg.Client
  /** So many that the limit of requests for one key, which is on, is never reached. */
  readonly keys: readonly string[]
  /** As many of an administrator, for whom there are no rules. */
  readonly openKeys: readonly string[]
  /** The cookie of a browser that is signed in. */
  readonly cookie: string
  readonly tickets: number
  close(): Promise<void>
}

/** Fills a new database, or takes the one `kept` (BENCH_DATABASE_URL), which is filled when it is empty and kept. */
export async function openData(
  tickets: number,
  say: (text: string) => void,
  kept: string | undefined = process.env.BENCH_DATABASE_URL,
): Promise<BenchData> {
  const server = kept ? undefined : await startTestServer({ durable: true })
  const database = server ? await testDatabase(server.url, { name: 'bench' }) : undefined
  const url = kept ?? database!.url
  const client = new pg.Client({ connectionString: url })
  const close = async () => {
    await client.end()
    await database?.drop()
    await server?.stop()
  }
  await client.connect()
  try {
    say('installing')
    await install(url)
    if ((await count(client, 'ticket')) === 0) {
      say(`making ${tickets} tickets`)
      await populate(inOneTransaction(client), { tickets, partners: Math.ceil(tickets / 10), users: 40, teams: 12 })
      await client.query('vacuum analyze')
    }
    return { url, client, ...(await signIn(client)), tickets: await count(client, 'ticket'), close }
  } catch (error) {
    await close()
    throw error
  }
}

const keyCount = 400

async function install(url: string): Promise<void> {
  // As the servers are started, which find what it compiled: the first start of a new version takes 20 MB more.
  const app = fileURLToPath(new URL('./app.js', import.meta.url))
  const env = { ...process.env, DATABASE_URL: url }
  const [code] = await once(spawn(process.execPath, [app, 'install'], { env, stdio: 'inherit' }), 'exit')
  if (code !== 0) throw new Error('The schema could not be installed; the reason stands above.')
}

async function count(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from "${table}"`)
  return rows[0]!.n
}

const secret = () => randomBytes(32).toString('base64url')
const hash = (token: string) => createHash('sha256').update(token).digest('base64url')

/** One agent with the role of the bench, his keys and a session, and an administrator with keys, as `tessera` would make them. */
async function signIn(client: pg.Client): Promise<Pick<BenchData, 'keys' | 'openKeys' | 'cookie'>> {
  const asker = await keysFor(client, 'agent.1@example.org', 'benchDispatcher')
  const { keys: openKeys } = await keysFor(client, 'agent.2@example.org', 'administrator')
  const session = secret()
  await client.query(
    `insert into session (id, user_id, token_hash, expires_at, seen_at, confirmed_at, created_at, updated_at)
     values (gen_random_uuid(), $1, $2, now() + interval '1 day', now(), now(), now(), now())`,
    [asker.user, hash(session)],
  )
  return { keys: asker.keys, openKeys, cookie: `tessera=${session}` }
}

async function keysFor(client: pg.Client, email: string, role: string): Promise<{ user: string; keys: readonly string[] }> {
  const keys = Array.from({ length: keyCount }, () => `tk_${secret()}`)
  const { rows } = await client.query<{ id: string }>(`select id from "user" where email = $1`, [email])
  const user = rows[0]!.id
  await client.query(`insert into user_roles (user_id, role_id) select $1, id from role where name = $2 on conflict do nothing`, [
    user,
    role,
  ])
  await client.query(
    `insert into api_key (id, name, user_id, token_hash, prefix, created_at, updated_at)
     select gen_random_uuid(), 'bench', $1, token_hash, 'tk_bench', now(), now() from unnest($2::text[]) token_hash`,
    [user, keys.map(hash)],
  )
  return { user, keys }
}

/** As the application gives it to a command. */
function inOneTransaction(client: pg.Client): Parameters<typeof populate>[0] {
  return {
    async transaction(run) {
      await client.query('begin')
      const result = await run((text, values) => client.query(text, values && [...values]))
      await client.query('commit')
      return result
    },
  }
}
