/** Local rules beside shipped ones: what is kept, what is refused, what drifts. */
import { defineModule, type RuleSource, type Services, UserError } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import base, { agent, Role, RuleSet, Team, User } from './index.ts'

let app: TestApp
let admin: Services

/** Ships a rule of its own for agents. */
const fixture = defineModule({
  name: 'fixture',
  depends: [base],
  permissions: [agent.can('update', Team, { name: 'Payments' }, ['leader'])],
})

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, fixture])
  const system = await app.servicesFor({ door: 'system' })
  const { id } = await system.identity.createUser({ email: 'ada@example.org', name: 'Ada', roles: ['administrator'] })
  admin = await app.servicesFor({ door: 'api', user: id })
})
afterAll(() => app.close())

const shipped: readonly RuleSource[] = [{ verbs: ['update'], where: { name: 'Payments' }, fields: ['leader'] }]
const roleNamed = async (name: string) => (await admin.records.find(Role, { name }))!.id
const refusal = async (doing: Promise<unknown>): Promise<UserError> => {
  try {
    await doing
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('Nothing was refused.')
}

describe('Rules of a place', () => {
  it('are those that the module ships until they are changed here, and both are kept apart', async () => {
    expect(await admin.rules.sets('agent', 'team')).toEqual([
      { module: 'fixture', shipped, local: undefined, rules: shipped, drifted: false },
      { module: '', shipped: [], local: undefined, rules: [], drifted: false },
    ])
    const mine: readonly RuleSource[] = [{ verbs: ['update'], where: { name: 'Cards' } }]
    await admin.rules.change('agent', 'team', 'fixture', mine)
    const [set] = await admin.rules.sets('agent', 'team')
    expect(set).toMatchObject({ shipped, rules: mine, drifted: false, local: { rules: mine, basis: shipped } })
  })

  it('need no local change when they are written as the module ships them', async () => {
    await admin.rules.change('agent', 'team', 'fixture', [{ fields: ['leader'], where: { name: 'Payments' }, verbs: ['update'] }])
    expect(await admin.records.count(RuleSet)).toBe(0)
  })

  it('may be none at all, and the shipped ones can be taken back', async () => {
    await admin.rules.change('agent', 'team', 'fixture', [])
    expect((await admin.access.policy()).rules.filter(({ module }) => module === 'fixture')).toEqual([])
    const [set] = await admin.rules.sets('agent', 'team')
    await admin.rules.takeShipped(set!.local!.id)
    expect((await admin.access.policy()).rules.filter(({ module }) => module === 'fixture')).toMatchObject([{ local: false }])
  })

  it('are not lost when two people change them at once', async () => {
    const add = (name: string) =>
      admin.rules.alone('viewer', async () => {
        const sets = await admin.rules.sets('viewer', 'team')
        const added = sets.find(({ module }) => module === '')!.rules
        await admin.rules.change('viewer', 'team', '', [...added, { verbs: ['update'], where: { name } }])
      })
    await Promise.all(['One', 'Two', 'Three'].map(add))
    const sets = await admin.rules.sets('viewer', 'team')
    expect(sets.find(({ module }) => module === '')!.rules).toHaveLength(3)
    await admin.rules.change('viewer', 'team', '', [])
  })

  it('can be added by the deployment, on a model or as named rights', async () => {
    await admin.rules.change('viewer', 'apiKey', '', [{ verbs: ['read'] }])
    const added = await admin.records.find(RuleSet, { model: 'apiKey' })
    expect(added).toMatchObject({ module: '', basis: [] })
    await admin.rules.change('viewer', 'apiKey', '', [])
    expect(await admin.records.count(RuleSet)).toBe(0)
  })
})

describe('Local rules', () => {
  it('are checked by whatever door they come, each fault a sentence at the field', async () => {
    const role = await roleNamed('agent')
    const wrong = [
      { verbs: ['updat'], where: { nam: 1 } },
      { verbs: ['read'], fields: ['nothing'] },
    ]
    const error = await refusal(admin.records.create(RuleSet, { role, model: 'team', rules: wrong }))
    expect(error.status).toBe(422)
    expect(error.errors.map(({ field }) => field)).toEqual(['rules', 'rules', 'rules'])
    expect(error.message).toContain('Did you mean "update"?')
    expect((await refusal(admin.records.create(RuleSet, { role, model: 'teem', rules: [] }))).code).toBe('base.rules_of_no_model')
    expect((await refusal(admin.records.create(RuleSet, { role, model: 'team', module: 'nobody', rules: [] }))).code).toBe(
      'base.rules_of_no_module',
    )
    expect((await refusal(admin.records.create(RuleSet, { role, rules: 'read' as never }))).errors[0]?.field).toBe('rules')
    const { id } = await admin.records.create(RuleSet, { role, model: 'team', rules: [{ verbs: ['read'] }] })
    expect((await refusal(admin.records.update(RuleSet, id, { model: 'user', rules: [{ verbs: ['fly'] }] }))).code).toBe('base.rules_wrong')
    await admin.records.remove(RuleSet, id)
  })

  it('are not for the role that may do everything', async () => {
    const role = await roleNamed('administrator')
    const error = await refusal(admin.records.create(RuleSet, { role, model: 'team', rules: [{ verbs: ['read'], cannot: true }] }))
    expect(error.code).toBe('base.rules_of_everything')
  })

  it('are written by administrators alone', async () => {
    const system = await app.servicesFor({ door: 'system' })
    const { id } = await system.identity.createUser({ email: 'manager@example.org', name: 'M', roles: ['manager'] })
    const manager = await app.servicesFor({ door: 'api', user: id })
    const role = await roleNamed('agent')
    expect((await refusal(manager.records.create(RuleSet, { role, model: 'team', rules: [{ verbs: ['delete'] }] }))).status).toBe(403)
    await refusal(manager.rules.change('agent', 'team', '', [{ verbs: ['delete'] }]))
    expect(await admin.records.count(RuleSet)).toBe(0)
  })
})

describe('Roles', () => {
  it('do not include each other in a circle, through shipped ones neither', async () => {
    const [first, second] = await admin.records.createMany(Role, [
      { name: 'first', label: 'First' },
      { name: 'second', label: 'Second' },
    ])
    await admin.records.update(Role, first!, { includes: [second!] })
    const error = await refusal(admin.records.update(Role, second!, { includes: [first!] }))
    expect([error.status, error.errors[0]?.field, error.values.circle]).toEqual([422, 'includes', 'first → second → first'])
    expect((await refusal(admin.records.update(Role, await roleNamed('viewer'), { includes: [await roleNamed('manager')] }))).code).toBe(
      'base.roles_circle',
    )
    expect((await refusal(admin.records.update(Role, first!, { includes: [first!] }))).code).toBe('base.roles_circle')
    await admin.records.update(Role, first!, { includes: [] })
    const both = await Promise.allSettled([
      admin.records.update(Role, first!, { includes: [second!] }),
      admin.records.update(Role, second!, { includes: [first!] }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await admin.records.update(Role, second!, { includes: [] })
    await admin.records.update(Role, first!, { includes: [second!] })
    expect((await admin.records.get(Role, second!, ['includes'])).includes).toEqual([])
    expect((await refusal(admin.records.remove(Role, second!))).code).toBe('base.role_included')
    await admin.records.remove(Role, first!)
    await admin.records.remove(Role, second!)
  })

  it('of modules are neither renamed nor removed; they may be described and called otherwise', async () => {
    const id = await roleNamed('agent')
    expect((await refusal(admin.records.update(Role, id, { name: 'helper' }))).code).toBe('base.role_renamed')
    expect((await refusal(admin.records.remove(Role, id))).code).toBe('base.role_shipped')
    await admin.records.update(Role, id, { name: 'agent', label: 'Support agent', description: 'Answers tickets.' })
    expect(await admin.records.get(Role, id)).toMatchObject({ label: 'Support agent', description: 'Answers tickets.' })
  })

  it('are removed with their rules, but not from under those who have them', async () => {
    const { id } = await admin.records.create(Role, { name: 'helper', label: 'Helper' })
    await admin.rules.change('helper', 'team', '', [{ verbs: ['read'] }])
    const system = await app.servicesFor({ door: 'system' })
    const person = await system.identity.createUser({ email: 'h@example.org', name: 'H', roles: ['helper'] })
    const error = await refusal(admin.records.remove(Role, id))
    expect([error.status, error.code, error.values.count]).toEqual([409, 'base.role_in_use', 1])
    await admin.records.update(User, person.id, { roles: [] })
    await admin.records.remove(Role, id)
    expect(await admin.records.count(RuleSet)).toBe(0)
  })
})

describe('A role that was made here', () => {
  it('gives its rules at once to whoever has it, and takes them at once', async () => {
    await admin.records.create(Role, { name: 'leader', label: 'Leader' })
    await admin.records.create(Team, { name: 'Payments' })
    await admin.records.create(Team, { name: 'Cards' })
    const system = await app.servicesFor({ door: 'system' })
    const { id } = await system.identity.createUser({ email: 'l@example.org', name: 'L', roles: ['leader'] })
    const teams = async () => {
      const { records, context } = await app.servicesFor({ door: 'api', user: id })
      if (!context.caller.ability.possible('read', app.composition.models.of(Team))) return undefined
      return (await records.query(Team, { fields: ['name'] })).rows.map(({ name }) => name)
    }
    expect(await teams()).toBeUndefined()
    await admin.rules.change('leader', 'team', '', [{ verbs: ['read'], where: { name: 'Cards' } }])
    expect(await teams()).toEqual(['Cards'])
    await admin.rules.change('leader', 'team', '', [{ verbs: ['read'] }, { verbs: ['read'], where: { name: 'Cards' }, cannot: true }])
    expect(await teams()).toEqual(['Payments'])
    await admin.rules.change('leader', 'team', '', [])
    expect(await teams()).toBeUndefined()
  })
})
