/** Whether a page far down costs what the first one costs. */
import { randomUUID } from 'node:crypto'
import type { BenchData } from './data.ts'
import { type Figures, load, median } from './load.ts'
import type { Server } from './servers.ts'

export interface Pages {
  /** The number of the deep page, of 50 tickets each. */
  readonly at: number
  readonly first: Figures
  readonly deep: Figures
}

/** Page 3,800 of all tickets, newest first; of a smaller desk the last but a few. */
export async function deepPages(app: Server, { client, keys, tickets }: BenchData, rounds: number, seconds: number): Promise<Pages> {
  const at = Math.min(3_800, Math.floor(tickets / 50) - 10)
  const path = '/api/tickets?sort=-createdAt&limit=50&fields=number,subject,status,partner,createdAt'
  const deepPath = `${path}&cursor=${await cursorBefore(app, keys[0]!, path, client, at)}`
  const ask = (of: string) =>
    load(app, seconds, (connection) =>
      keys.flatMap((key, i) =>
        i % 10 === connection
          ? [{ method: 'GET', path: of, headers: { authorization: `Bearer ${key}`, 'x-request-id': randomUUID() } }]
          : [],
      ),
    )
  const found: { first: Figures[]; deep: Figures[] } = { first: [], deep: [] }
  for (let round = 0; round < rounds; round++) {
    found.first.push(await ask(path))
    found.deep.push(await ask(deepPath))
  }
  return { at, first: median(found.first), deep: median(found.deep) }
}

/** The cursor of the second page, with the values of the row before the wanted page in place of its own. */
async function cursorBefore(app: Server, key: string, path: string, client: BenchData['client'], at: number): Promise<string> {
  const response = await fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } })
  const { meta } = (await response.json()) as { meta: { next: string } }
  const [mark, direction] = JSON.parse(Buffer.from(meta.next, 'base64url').toString()) as [string, number]
  const { rows } = await client.query<{ created_at: Date; id: string }>(
    'select created_at, id from ticket order by created_at desc, id desc offset $1 limit 1',
    [(at - 1) * 50 - 1],
  )
  return Buffer.from(JSON.stringify([mark, direction, rows[0]!.created_at, rows[0]!.id])).toString('base64url')
}
