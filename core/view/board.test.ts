import { defineModel, type Fields, kanban, type Model, p, ranked } from '@tessera/core'
import { expect, test } from 'vitest'
import { branch, composed, problemsOf } from '../../test/fixtures/module-library.ts'
import { derivedIndexes } from '../model/indexes.ts'

const fields = {
  name: p.string(),
  state: p.enum(['planned', 'done']),
  size: p.enum(['small', 'large']),
  rank: p.string(),
  place: p.integer(),
}
interface Errand extends Fields<typeof fields, 'rank'> {}
const Errand: Model<Errand> = defineModel('errand', fields, { title: 'name', fields: { rank: { ...ranked } } })
const withBoard = (order: string) =>
  branch({ models: [Errand], views: [kanban(Errand, { by: 'state', order: order as 'rank', card: ['name'] })] })

test('A board is ordered by a rank, and an index finds the cards of a column in their order', () => {
  const { models, screens } = composed(withBoard('rank'))
  const errand = models.of(Errand)
  expect(screens(errand).kanban).toMatchObject({ by: 'state', order: 'rank' })
  expect(derivedIndexes(models, screens)(errand).map(({ sql }) => sql)).toContainEqual(
    expect.stringContaining('using btree ("state", "rank" desc, "id" desc)'),
  )
})

test('A bar divides by an enum or a relation, in colours that follow from its values', () => {
  const withBar = (progress: object) =>
    branch({ models: [Errand], views: [kanban(Errand, { by: 'state', progress: progress as never, card: ['name'] })] })
  const problemOf = (progress: object) => problemsOf(withBar(progress)).map(({ code, sentence }) => [code, sentence])
  const { models, screens } = composed(withBar({ by: 'size', tones: { danger: { size: 'large' } } }))
  expect(screens(models.of(Errand)).kanban?.progress).toEqual({ by: 'size', tones: { danger: { size: 'large' } } })
  const where = 'The columns of the kanban of "errand" are divided by'
  const wrong = 'which is neither another relation to one record nor another enum.'
  expect(problemOf({ by: 'name' })).toEqual([['view.no_progress', `${where} "name", ${wrong}`]])
  expect(problemOf({ by: 'state' })).toEqual([['view.no_progress', `${where} "state", ${wrong}`]])
  expect(problemOf({ by: 'size', tones: { danger: { name: 'x' } } })).toEqual([
    ['view.no_progress', `${where} "size", but the tone "danger" asks for "name".`],
  ])
})

test('What is no field or no rank is told at boot', () => {
  const problemOf = (order: string) => problemsOf(withBoard(order)).map(({ code, sentence, hint }) => [code, sentence, hint])
  expect(problemOf('rnak')).toEqual([
    ['view.unknown_field', 'The kanban of "errand" is ordered by "rnak", but "errand" has no field "rnak".', 'Did you mean "rank"?'],
  ])
  for (const field of ['place', 'name']) {
    expect(problemOf(field)).toEqual([
      [
        'view.no_rank',
        `The kanban of "errand" is ordered by "${field}", which is no rank.`,
        `Make it p.string() with the traits: ${field}: { ...ranked }.`,
      ],
    ])
  }
})
