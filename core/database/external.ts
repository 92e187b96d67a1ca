/** A PostgreSQL that somebody else runs: only looked at, never started or stopped. */
import pg from 'pg'
import { SetupError } from '../errors.ts'

/** Resolves when the database answers and is new enough. Throws a SetupError (exit code 4) that says what is in the way, without the password. */
export async function checkDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: patienceMs, application_name: 'tessera check' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ number: number; version: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
    )
    const { number = 0, version } = rows[0] ?? {}
    if (number < oldest * 10_000) {
      throw new SetupError(4, `The database at ${place(client)} is PostgreSQL ${version}, and Tessera needs ${oldest} or newer.`)
    }
  } catch (error) {
    throw error instanceof SetupError ? error : explain(error as Failure, client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const oldest = 15
const patienceMs = 10_000

type Failure = Error & { readonly code?: string }

function explain(cause: Failure, client: pg.Client): SetupError {
  const refuse = (sentence: string, hint: string) => new SetupError(4, sentence, { hint, cause })
  const { database, host, user } = client
  switch (cause.code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return refuse(`No PostgreSQL listens at ${place(client)}.`, 'Is it running, and are host and port of DATABASE_URL right?')
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return refuse(`There is no host named "${host}".`, 'Correct the host of DATABASE_URL.')
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return refuse(`${place(client)} cannot be reached.`, 'Is there a firewall in between, and is the host of DATABASE_URL right?')
    case '28P01':
      return refuse(`PostgreSQL at ${place(client)} refuses the password of "${user}".`, 'Correct user and password of DATABASE_URL.')
    case '28000':
      return refuse(
        `PostgreSQL at ${place(client)} does not let "${user}" in: ${cause.message}.`,
        'See its pg_hba.conf, or correct DATABASE_URL.',
      )
    case '3D000':
      return refuse(`PostgreSQL at ${place(client)} has no database "${database}".`, `Create it with: create database "${database}"`)
    default:
      return cause.message === 'timeout expired'
        ? refuse(
            `${place(client)} does not answer within ${patienceMs / 1000} seconds.`,
            'Is it PostgreSQL, and is there a firewall in between?',
          )
        : refuse(`The database at ${place(client)} cannot be used: ${cause.message}.`, 'Check DATABASE_URL.')
  }
}

const place = ({ host, port }: pg.Client): string => `${host}:${port}`
