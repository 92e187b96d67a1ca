import { expect, test } from 'vitest'
import { discover } from '../../core/module/discover.ts'
import { type Desk, desk, schemaOf } from './desk.ts'

/** Every third module by itself, two addons that extend the same models, and all together; every module and all pairs of addons with TESSERA_DEEP=1. */
const isDeep = process.env.TESSERA_DEEP === '1'
const packages = await discover(process.cwd(), [])
const needs = (name: string): string[] => packages.find((one) => one.name === name)!.depends.flatMap((need) => [need, ...needs(need)])
const alone = packages
  .filter(({ depends }) => depends.length > 0)
  .filter((_, at) => isDeep || at % 3 === 0)
  .map(({ name }) => [name])
const addons = packages.filter(({ kind }) => kind === 'addon').map(({ name }) => name)
const pairs = isDeep ? addons.flatMap((one, at) => addons.slice(at + 1).map((other) => [one, other])) : [['spp', 'dealership']]

async function leavesNothing(names: readonly string[]): Promise<void> {
  const before = [...new Set(names.flatMap(needs))].filter((name) => !names.includes(name)).sort()
  const opened: Desk = await desk(before)
  try {
    const never = await schemaOf(opened)
    expect((await opened.do({ verb: 'install', names })).done).toBe(true)
    const installed = await schemaOf(opened)
    await opened.do({ verb: 'disable', names, dependants: true })
    expect(await schemaOf(opened)).toEqual(installed)
    await opened.do({ verb: 'enable', names })
    expect(await schemaOf(opened)).toEqual(installed)
    expect((await opened.plan({ verb: 'upgrade', names: [] })).schema).toEqual([])
    await opened.do({ verb: 'uninstall', names, dependants: true })
    expect(await schemaOf(opened)).toEqual(never)
  } finally {
    await opened.close()
  }
}

test.for(alone)(
  '"%s" comes, rests, comes back and goes, and leaves the schema as if it had never been there',
  { timeout: 120_000 },
  (names) => leavesNothing(names),
)

test.for(pairs)('"%s" and "%s" come and go together without a trace', { timeout: 120_000 }, (names) => leavesNothing(names))

test('All modules come and go again, the ones that they stand on excepted', { timeout: 240_000 }, () =>
  leavesNothing(packages.filter(({ depends }) => depends.length > 0).map(({ name }) => name)),
)
