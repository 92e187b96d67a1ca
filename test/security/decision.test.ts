/** Rules that a deployment writes decide as rules that a module declares, and a key's scopes only ever take away. */
import { type RuleSource, role } from '@tessera/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Ability, abilityOf } from '../../core/access/ability.ts'
import { policyOf, type RuleSet, sourceOf } from '../../core/access/policy.ts'
import type { Rule } from '../../core/access/role.ts'
import { scoped } from '../../core/access/scopes.ts'
import type { ModelMeta } from '../../core/model/meta.ts'
import { faultsIn } from '../../core/records/local-rules.ts'
import { Statement } from '../../core/records/statement.ts'
import { rulesOfBoth, special } from '../fixtures/records-rules.ts'
import { asking, Item, runs, storedWorld } from '../fixtures/records-world.ts'

const stored = storedWorld(7, 40)
const { people } = stored
const rules = () => rulesOfBoth(people)
const fieldsOf = (model: ModelMeta) => [undefined, 'name', ...(model.name === 'item' ? ['units', 'firm', 'marks'] : [])]

/** The rules as the database keeps them: gathered by role and model, as JSON. */
function setsOf(all: readonly Rule[]): readonly RuleSet[] {
  const places = Map.groupBy(all, (rule) => `${rule.role.name}/${rule.model?.name}`)
  return [...places.values()].map((its) => ({
    role: its[0]!.role.name,
    model: its[0]!.model!.name,
    module: '',
    rules: JSON.parse(JSON.stringify(its.map(sourceOf))) as readonly RuleSource[],
  }))
}

/** The ability of the role when nothing is declared but the role's names, and the deployment has all the rules. */
function local(all: readonly Rule[]): Ability {
  const { models, modules } = stored.app.composition
  const rows = [
    { name: 'basic', label: 'Basic', includes: [] },
    { name: 'special', label: 'Special', includes: ['basic'] },
  ]
  const policy = policyOf({ roles: new Map(), rules: [], models, modules }, rows, setsOf(all), () => [])
  return abilityOf([policy.roles.get('special')!], policy.rules, models)
}

/** What SQL decides of each record and field. */
async function inSql(ability: Ability, verb: string, model: ModelMeta): Promise<ReadonlyMap<string, readonly boolean[]>> {
  const names = fieldsOf(model)
  const statement = new Statement({ ability, asking: asking(people), locale: 'en' })
  const row = statement.condition(ability.records(verb, model), model, 't', 'trusted')
  const columns = names.map((name, at) => {
    const clause = name === undefined ? true : ability.field(verb, model.fields.get(name)!)
    return `((${row}) is true and (${typeof clause === 'boolean' ? clause : statement.condition(clause, model, 't', 'trusted')}) is true) as c${at}`
  })
  const rows = await stored.app.connection.run(`select t.id, ${columns.join(', ')} from "${model.table}" t`, statement.values)
  return new Map(rows.map((each) => [String(each.id), names.map((_, at) => each[`c${at}`] === true)]))
}

describe('The rules of a deployment', () => {
  test('decide of every record and field as the same rules declared by a module, in SQL and in memory', async () => {
    let decisions = 0
    await fc.assert(
      fc.asyncProperty(rules(), fc.constantFrom('read', 'update', 'delete'), async (all, verb) => {
        const declared = abilityOf([special], all, stored.app.composition.models)
        const written = local(all)
        for (const [model, things] of stored.things()) {
          const sql = await inSql(written, verb, model)
          for (const thing of things) {
            const expected = fieldsOf(model).map((name) => declared.permits(verb, model, thing, asking(people), name))
            expect(fieldsOf(model).map((name) => written.permits(verb, model, thing, asking(people), name))).toEqual(expected)
            expect(sql.get(thing.id)).toEqual(expected)
            decisions += expected.length
          }
        }
      }),
      runs(120, 1500),
    )
    expect(decisions).toBeGreaterThan(5_000)
  })

  test('that nobody can read allow nothing, and forbid all that they may have meant', () => {
    const { models, modules } = stored.app.composition
    const item = models.of(Item)
    const good: RuleSource = { verbs: ['read', 'update'] }
    const broken: readonly unknown[] = [
      { verbs: ['read'], where: { nothing: 1 } },
      { verbs: ['read'], where: { units: { $wrong: 1 } } },
      { verbs: ['read'], where: { units: 'many' } },
      { verbs: ['read'], where: { firm: { nothing: 1 } } },
      { verbs: ['read'], where: { __proto__: 1, nothing: 1 } },
      { verbs: ['read'], where: [] },
      { verbs: ['read'], fields: ['nothing'] },
      { verbs: ['read'], fields: 'name' },
      { verbs: ['read', 'fly'] },
      { verbs: 'read' },
      { verbs: [] },
      { verbs: ['read'], more: true },
      null,
      'read',
      7,
    ]
    const abilityWith = (sources: readonly unknown[]) => {
      const sets = [{ role: 'basic', model: 'item', module: '', rules: sources as readonly RuleSource[] }]
      const policy = policyOf(
        { roles: new Map(), rules: [], models, modules },
        [{ name: 'basic', label: 'Basic', includes: [] }],
        sets,
        faultsIn(stored.app.composition),
      )
      return { ability: abilityOf([policy.roles.get('basic')!], policy.rules, models), policy }
    }
    const thing = people.items[0]!
    const decide = ({ ability }: ReturnType<typeof abilityWith>) => ability.permits('read', item, thing, asking(people))
    expect(decide(abilityWith([good]))).toBe(true)
    for (const source of broken) {
      const alone = abilityWith([source])
      expect([source, decide(alone), alone.policy.broken.length > 0]).toEqual([source, false, true])
      expect([source, decide(abilityWith([good, source]))]).toEqual([source, true])
      if (typeof source !== 'object' || source === null) continue
      expect([source, decide(abilityWith([good, { ...source, cannot: true }]))]).toEqual([source, false])
    }
  })
})

describe('A key with scopes', () => {
  test('may do what a scope names of what its owner may, and nothing else', async () => {
    const scopes = fc.subarray(['item:read', 'item:*', 'firm:update', '*:read', '*:delete', 'mark:read', '*:*', 'right:read'])
    await fc.assert(
      fc.asyncProperty(rules(), scopes, fc.constantFrom('read', 'update', 'delete'), async (all, given, verb) => {
        const owner = abilityOf([special], all, stored.app.composition.models)
        const key = scoped(owner, given)
        for (const [model, things] of stored.things()) {
          const covered = given.some((scope) => [`${model.name}:${verb}`, `${model.name}:*`, `*:${verb}`, '*:*'].includes(scope))
          const sql = await inSql(key, verb, model)
          for (const thing of things) {
            const expected = fieldsOf(model).map((name) => covered && owner.permits(verb, model, thing, asking(people), name))
            expect(fieldsOf(model).map((name) => key.permits(verb, model, thing, asking(people), name))).toEqual(expected)
            expect(sql.get(thing.id)).toEqual(expected)
          }
          expect(key.possible(verb, model)).toBe(covered && owner.possible(verb, model))
        }
        expect([...key.roles].some((name) => key.has(role(name)))).toBe(false)
      }),
      runs(60, 600),
    )
  })
})
