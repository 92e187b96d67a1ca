/** What an explanation says is what the records do. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { rulesOfBoth, special } from '../../test/fixtures/records-rules.ts'
import { asking, Firm, Item, runs, storedWorld, type Thing } from '../../test/fixtures/records-world.ts'
import { type Ability, abilityOf } from '../access/ability.ts'
import type { Rule } from '../access/role.ts'
import { UserError } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Services } from '../service/services.ts'
import { type Kernel, writingFor } from './bound.ts'
import { decide } from './decision.ts'
import type { ClauseTruth, ExplainedRule } from './explanation.ts'
import { queryRows } from './read.ts'
import { newScope } from './transaction.ts'
import { updateRecord } from './write.ts'

const stored = storedWorld(4, 30)
const { people, model: meta } = stored
let services: Services
beforeAll(async () => {
  services = await stored.app.servicesFor({ door: 'system' })
})

const rules = () => rulesOfBoth(people)
const asker = (ability: Ability) => ({ ability, asking: asking(people), locale: 'en' })

const decided = (all: readonly Rule[], model: ModelMeta, verb: string, record: string | undefined, field?: string) =>
  decide({
    run: (text, values) => stored.app.connection.run(text, values),
    asker: asker(abilityOf([special], all, stored.app.composition.models)),
    rules: all.map((rule) => ({ ...rule, module: 'world', local: false, via: [] })),
    model,
    verb,
    actions: [],
    record,
    field,
    locale: 'en',
  })

/** The last rule that holds decides, as one reads them aloud. */
function folded(about: readonly ExplainedRule[], field?: string): boolean {
  const speaks = ({ cannot, fields }: ExplainedRule) => fields === null || (field === undefined ? !cannot : fields.includes(field))
  const last = about.findLast((rule) => rule.holds === true && speaks(rule))
  return last !== undefined && !last.cannot
}

/** What the records themselves do when somebody with these rules reads, or writes what is there already. */
async function done(all: readonly Rule[], model: ModelMeta, verb: 'read' | 'update', thing: Thing): Promise<boolean> {
  const ability = abilityOf([special], all, stored.app.composition.models)
  const { me, now } = asking(people)
  const kernel: Kernel = {
    composition: stored.app.composition,
    connection: stored.app.connection,
    entities: new Map(),
    after: { enqueue: async () => undefined, announce: async () => undefined, look: async () => undefined },
  }
  const caller = { id: null, name: 'somebody', me, ability }
  const context = { ...services.context, caller, now, locale: 'en' }
  const writing = writingFor(kernel, context, newScope(), services, false)
  try {
    if (verb === 'read') return (await queryRows(writing, model, { where: { id: thing.id } })).rows.length === 1
    await updateRecord(writing, model, thing.id, { name: thing.name })
    return true
  } catch (error) {
    if (error instanceof UserError && [400, 403, 404].includes(error.status)) return false
    throw error
  }
}

/** Parts that say together what the whole says. */
function agree(clause: ClauseTruth): void {
  if (clause.kind === 'is') return
  // Below a relation each part speaks for itself: of several related records one may fit this and another that.
  if (clause.kind !== 'some') for (const each of clause.of) agree(each)
  const parts = clause.of.map(({ holds }) => holds === true)
  if (clause.kind === 'all') expect(clause.holds).toBe(parts.every(Boolean))
  if (clause.kind === 'any') expect(clause.holds).toBe(parts.some(Boolean))
  if (clause.kind === 'not') expect(clause.holds).toBe(!parts[0])
  // One related record must fit all of it, so that of each part one fits.
  if (clause.kind === 'some' && clause.holds && clause.of.length > 0) expect(parts[0]).toBe(true)
}

describe('An explanation', () => {
  test('allows what the records let somebody do, and its rules together say the same, whatever the rules are', async () => {
    let allowed = 0
    await fc.assert(
      fc.asyncProperty(rules(), fc.constantFrom('read' as const, 'update' as const), fc.nat(), async (all, verb, pick) => {
        for (const [model, things] of [
          [meta(Item), people.items],
          [meta(Firm), people.firms],
        ] as const) {
          const thing = things[pick % things.length]!
          const explained = await decided(all, model, verb, thing.id)
          const rows = folded(explained.rules)
          expect(explained.allowed).toBe(rows && explained.readable === true)
          const asField = verb === 'update' ? (await decided(all, model, verb, thing.id, 'name')).allowed : explained.allowed
          expect(asField).toBe(await done(all, model, verb, thing))
          if (explained.allowed) allowed++
          const deciding = explained.rules.find(({ number }) => number === explained.reason.rule)
          if (explained.allowed) expect(deciding).toMatchObject({ cannot: false, holds: true })
          if (explained.reason.code === 'forbidden') expect(deciding).toMatchObject({ cannot: true, holds: true })
          if (explained.reason.code === 'none_holds') expect(explained.rules.some(({ cannot, holds }) => !cannot && holds)).toBe(false)
          for (const { clause, holds } of explained.rules) {
            if (!clause) continue
            expect(clause.holds).toBe(holds)
            agree(clause)
          }
          const ability = abilityOf([special], all, stored.app.composition.models)
          for (const { name, read, write } of explained.fields) {
            expect(read.here, name).toBe(ability.permits('read', model, thing, asking(people), name) || (isId(name) && explained.readable))
            expect(write.here, name).toBe(ability.permits('update', model, thing, asking(people), name))
          }
        }
      }),
      runs(120, 1500),
    )
    expect(allowed).toBeGreaterThan(20)
  })

  test('of no record says whether the verb is possible at all, and asks the database nothing', async () => {
    await fc.assert(
      fc.asyncProperty(rules(), async (all) => {
        const explained = await decided(all, meta(Item), 'read', undefined)
        const ability = abilityOf([special], all, stored.app.composition.models)
        expect(explained).toMatchObject({ record: null, readable: null })
        expect(explained.allowed).toBe(explained.reach !== 'none')
        if (explained.allowed) expect(ability.possible('read', meta(Item))).toBe(true)
        expect(explained.rules.every(({ holds }) => holds === null)).toBe(true)
      }),
      runs(50, 500),
    )
  })

  test('of a record that is not there says so', async () => {
    const all = [special.can('read', Item)]
    expect(await decided(all, meta(Item), 'read', people.firms[0]!.id)).toMatchObject({ allowed: false, reason: { code: 'no_record' } })
  })

  test('names the rule that decides, and of those that do not hold the nearest', async () => {
    const [thing] = people.items
    const other = thing!.state === 'new' ? 'old' : 'new'
    const far = special.can('read', Item, { state: other, name: 'nothing is called so' })
    const near = special.can('read', Item, { $or: [{ state: other }, { $and: [{ name: 'no' }, { note: 'no' }] }], id: thing!.id })
    expect(await decided([far, near], meta(Item), 'read', thing!.id)).toMatchObject({
      allowed: false,
      reason: { code: 'none_holds', rule: null },
      closest: 2,
    })
    const never = special.cannot('read', Item, { id: thing!.id })
    const explained = await decided([special.can('read', Item), never], meta(Item), 'read', thing!.id)
    expect(explained).toMatchObject({ allowed: false, reason: { code: 'forbidden', rule: 2 } })
    expect(explained.rules[1]).toMatchObject({
      cannot: true,
      holds: true,
      clause: { kind: 'is', path: ['id'], operator: '$eq', value: { id: thing!.id, label: thing!.name }, holds: true },
    })
  })
})

function isId(name: string): boolean {
  return name === 'id' || name === 'version'
}
