import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, inject, test, vi } from 'vitest'
import { type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 120_000 })

const places: Place[] = []
afterEach(async () => {
  for (const each of places.splice(0)) await each.remove()
})

interface Measured {
  readonly rows: number
  /** The most memory that the process held, in MB. */
  readonly backup: number
  readonly restore: number
  readonly seconds: readonly [number, number]
}

/** Real processes on a desk with so many tickets; what came back is compared row for row. */
async function measured(tickets: number): Promise<Measured> {
  const [desk, other] = [await place(inject('postgresUrl')), await place(inject('postgresUrl'))]
  places.push(desk, other)
  const told = await desk.file('peak.mjs', `process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS))`)
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(told).href}` }
  const peak = (err: string) => Math.round(Number(/^peak (\d+)$/m.exec(err)?.[1]) / 1024)
  await desk.tessera('db migrate')
  await desk.tessera(`db populate --tickets ${tickets}`)
  const archive = join(desk.dataDir, 'all.zip')
  const made = await desk.tessera(`db backup ${archive} --json`, { env })
  const back = await other.tessera(`db restore ${archive} --json`, { env })
  expect([made.code, back.code]).toEqual([0, 0])
  expect(await other.contents()).toEqual(await desk.contents())
  return { rows: made.json().rows, backup: peak(made.err), restore: peak(back.err), seconds: [made.json().seconds, back.json().seconds] }
}

test('A backup and its restore take no more memory for more rows', async () => {
  const small = await measured(3_600)
  const large = await measured(process.env.TESSERA_DEEP ? 200_000 : 18_000)
  const ratios = { backup: large.backup / small.backup, restore: large.restore / small.restore }
  console.log(JSON.stringify({ small, large, ratios }))
  expect(large.rows / small.rows).toBeGreaterThan(4)
  // What the collector of garbage leaves for later is not always as much.
  expect(ratios.backup).toBeLessThan(2)
  expect(ratios.restore).toBeLessThan(2)
})
