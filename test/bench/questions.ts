/** What is asked: the same of both servers. */
import { randomUUID } from 'node:crypto'
import type { Request } from 'autocannon'
import type { BenchData } from './data.ts'
import { connections } from './load.ts'

export interface Question {
  readonly name: string
  /** How many times the reference's processor time we allow ourselves. */
  readonly goal: number | undefined
  readonly requestsOf: (connection: number) => readonly Request[]
}

const fields = 'fields=number,subject,status,priority,partner,createdAt'
export const listPath = `/api/tickets?filter[status.category]=open&sort=-createdAt&limit=50&${fields}`
/** Common and rare words, two words, a number, the name of a partner. */
const searches = ['pothole', 'noise mercer', 'fulton blocked', '2024-01234', 'lindqvist', 'graffiti 1234', 'sewer', 'bleecker']

export async function questionsAbout({ client, keys, cookie }: BenchData): Promise<readonly Question[]> {
  const tickets = await idsOf(client, 'ticket')
  const partners = await idsOf(client, 'partner')
  const keysEach = keys.length / connections
  /** Each connection has its own keys and its own records. */
  const asking = (
    connection: number,
    all: readonly string[],
    make: (id: string, at: number) => Omit<Request, 'headers'>,
  ): readonly Request[] =>
    all
      .filter((_, at) => at % connections === connection)
      .map((id, at) => {
        const headers = { authorization: `Bearer ${keys[connection * keysEach + (at % keysEach)]}`, 'content-type': 'application/json' }
        return { ...make(id, at), headers }
      })
  return [
    {
      name: 'list of 50, filter and partner',
      goal: 1.5,
      requestsOf: (connection) => asking(connection, tickets, () => ({ method: 'GET', path: listPath })),
    },
    {
      name: 'one record',
      goal: 2.5,
      requestsOf: (connection) => asking(connection, tickets, (id) => ({ method: 'GET', path: `/api/tickets/${id}` })),
    },
    {
      name: 'list of 50 as a page',
      goal: 2.5,
      requestsOf: () => [{ method: 'GET', path: '/tickets', headers: { cookie } }],
    },
    {
      name: 'create, with history',
      goal: 5,
      requestsOf: (connection) =>
        asking(connection, partners, (partner, at) => ({
          method: 'POST',
          path: '/api/tickets',
          body: JSON.stringify({ subject: `Pothole near ${at} Oak Street, again`, partner }),
        })),
    },
    {
      name: 'update, with history',
      goal: undefined,
      // Twice round and other words each time, so that a ticket never gets the text that it has.
      requestsOf: (connection) =>
        ['Leak', 'Flood'].flatMap((word) =>
          asking(connection, tickets, (id, at) => ({
            method: 'PATCH',
            path: `/api/tickets/${id}`,
            body: JSON.stringify({ subject: `${word} near ${at} Park Avenue, ${randomUUID()}` }),
          })),
        ),
    },
    {
      name: 'text search',
      goal: undefined,
      requestsOf: (connection) =>
        asking(connection, tickets, (_, at) => ({
          method: 'GET',
          path: `/api/tickets?q=${encodeURIComponent(searches[at % searches.length]!)}&sort=-createdAt&limit=50&${fields}`,
        })),
    },
  ]
}

async function idsOf(client: BenchData['client'], table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>(`select id from "${table}" order by md5(id::text) limit 4000`)
  return rows.map(({ id }) => id)
}
