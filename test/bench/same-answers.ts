/** Both servers must say the same, or one of them is compared with something else. */
import assert from 'node:assert/strict'
import type { BenchData } from './data.ts'
import type { Target } from './load.ts'
import { listPath } from './questions.ts'

export async function sameAnswers(app: Target, reference: Target, { client, keys }: BenchData): Promise<void> {
  const { rows } = await client.query<{ id: string }>('select id from ticket order by id limit 1')
  for (const path of [listPath, `/api/tickets/${rows[0]!.id}`, `${listPath.replace(/\?[^&]*/, '?q=noise%20mercer')}`]) {
    const [ours, theirs] = await Promise.all([app, reference].map((server) => ask(server, path, keys[0]!)))
    assert.deepEqual(ours?.data, theirs?.data, `The application and the reference do not answer ${path} alike.`)
    assert.equal(typeof ours?.meta?.next, typeof theirs?.meta?.next)
  }
}

async function ask(server: Target, path: string, key: string): Promise<{ data: unknown; meta?: { next: unknown } }> {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) throw new Error(`${server.url}${path} answers ${response.status}: ${await response.text()}`)
  return (await response.json()) as { data: unknown; meta?: { next: unknown } }
}
