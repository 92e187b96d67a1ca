import { ago, me, now, type Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { conditionInWords } from './condition-words.ts'
import { Session } from './session.model.ts'
import { Team } from './team.model.ts'
import { User } from './user.model.ts'

let app: TestApp
let services: Services
let team: string
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
  services = await app.servicesFor({ door: 'system' })
  team = (await services.records.create(Team, { name: 'Payments' })).id
})
afterAll(() => app?.close())

const said = (model: typeof User, where: object, locale = 'en') => {
  const reader = services.inLanguage(locale)
  return conditionInWords(reader, app.composition.models.of(model as never), where)
}

describe('A condition in words', () => {
  test.each([
    [{}, 'Every user'],
    [{ id: me.id }, 'User is the user'],
    [{ teams: { $in: [me.teamIds] } }, 'one of Teams is one of the user’s teams'],
    [{ teams: { name: { $startsWith: 'Pay' } } }, 'one of Teams with Name begins with Pay'],
    [{ teams: { $null: true } }, 'Teams is empty'],
    [{ $not: { active: true } }, 'not (Active is yes)'],
    [{ language: null, zone: { $ne: null } }, 'Language is empty and Time zone is set'],
    [{ $or: [{ active: false }, { name: 'Ada', email: 'ada@example.org' }] }, 'Active is no or (Name is Ada and Email is ada@example.org)'],
    [{ lastSignInAt: { $lt: ago({ days: 30 }) } }, 'Last sign-in is before 30 days ago'],
    [{ lastSignInAt: { $gte: ago({ hours: 1 }) } }, 'Last sign-in is not before 1 hour ago'],
    [{ lastSignInAt: { $gt: now } }, 'Last sign-in is after now'],
    [{ roles: { name: 'agent' } }, 'one of Roles is Agent'],
    [{ $or: [] }, 'No record'],
  ])('%j', async (where, words) => {
    expect(await said(User, where)).toBe(words)
  })

  test('says records by their labels, and placeholders as JSON keeps them', async () => {
    const stored = JSON.parse(JSON.stringify({ teams: team, id: { $ne: { placeholder: 'me', field: 'id' } } }))
    expect(await said(User, stored)).toBe('one of Teams is Payments and User is not the user')
    expect(await said(Session as never, { user: me.id })).toBe('User is the user')
    expect(await said(Session as never, { user: { teams: { $in: [team] } } })).toBe('one of User · Teams is one of Payments')
  })

  test('is said in the language of the reader', async () => {
    expect(await said(User, { id: me.id }, 'fr')).toContain('est l’utilisateur')
    expect(await said(User, { lastSignInAt: { $lt: ago({ days: 2 }) } }, 'ar')).toContain('قبل يومين')
  })
})
