import { form, kanban, patch, patchView } from '@tessera/core'
import { describe, expect, test } from 'vitest'
import {
  Author,
  action,
  Book,
  bookForm,
  bookSearch,
  branch,
  composed,
  library,
  problemsOf,
  Shelf,
} from '../../test/fixtures/module-library.ts'
import { notesOn } from '../cli/notes.ts'
import { compose } from '../module/compose.ts'
import { fromDeclarations, withExtras } from '../module/load.ts'
import type { Module } from '../module/module.ts'
import type { PartOrigin } from './origins.ts'

const lend = action(Book, 'lend', { label: 'Lend', run: () => undefined })
const bookScreens = (...modules: Module[]) => {
  const composition = composed(...modules)
  return composition.screens(composition.models.of(Book))
}

/** `pages: branch inserted, wing hid`, inner parts after their box. */
function told(parts: readonly PartOrigin[]): string[] {
  return parts.flatMap(({ name, deeds, isShown, of }) => [
    `${isShown ? '' : 'no '}${name}: ${deeds.map(({ module, did, what }) => [module, did, ...(what ?? [])].join(' ')).join(', ')}`,
    ...told(of),
  ])
}

describe('a screen tells of each part', () => {
  test('who put it there, who changed it and who took it away', () => {
    const one = branch({ actions: [lend], views: [patch(Book, { form: [{ after: 'author', insert: ['pages', lend] }] })] }, 'branch')
    const two = branch(
      {
        depends: [library, one],
        views: [
          patchView(bookForm, [
            { set: 'name', to: { label: 'Title', wide: true } },
            { hide: 'pages' },
            { replace: 'lending', with: [{ tab: 'wing', of: ['shelf'] }] },
            { in: 'origin', insert: ['isbn'] },
          ] as never),
        ],
      },
      'wing',
    )
    const { form } = bookScreens(one, two)
    expect(form.module).toBe('library')
    expect(told(form.origins())).toEqual([
      'name: library declared, wing set label wide',
      'origin: library declared',
      'author: library declared',
      'no pages: branch inserted, wing hid',
      'author.country: library declared',
      'isbn: wing inserted',
      'no lending: library declared, wing replaced',
      'state: library declared',
      'dueAt: library declared',
      'wing: wing inserted',
      'shelf: wing inserted',
      'lend: branch inserted',
    ])
  })

  test('of a search too', () => {
    const { search } = bookScreens(
      branch({
        views: [
          patch(Book, { search: { texts: ['isbn'], filters: { lent: { state: 'lost' } } } }),
          patchView(bookSearch, { hide: 'lost' } as never),
        ],
      }),
    )
    expect(told(search.origins())).toEqual([
      'name: library declared',
      'isbn: branch inserted',
      'lent: library declared, branch replaced',
      'no lost: library declared, branch hid',
      'author: library declared',
      'dueAt:month: library declared',
    ])
  })

  test('that nobody declared it: core shows a field because a module added it', () => {
    const composition = composed(branch({ views: [patch(Shelf, { list: { after: 'name', insert: ['createdAt'] } })] }))
    const { list } = composition.screens(composition.models.of(Shelf))
    expect(told(list.origins()).slice(0, 3)).toEqual(['name: library generated', 'createdAt: branch inserted', 'room: library generated'])
  })

  test('the optional module because of which it is there', async () => {
    const wing = branch({}, 'wing')
    const extra = { views: [patch(Book, { form: { after: 'name', insert: ['pages'] } })] }
    const one = branch({ extras: { wing: async () => ({ default: extra }) } })
    const composition = compose(await withExtras(fromDeclarations([one, wing])))
    const { form } = composition.screens(composition.models.of(Book))
    expect(form.origins()[1]).toMatchObject({ name: 'pages', deeds: [{ module: 'branch', extra: 'wing', did: 'inserted' }] })
  })
})

describe('a part that got another name', () => {
  const renamed = (moved: object) =>
    branch({
      views: [
        form(Author, ['name', { group: 'origin', of: ['country'] }], { moved: moved as never }),
        kanban(Book, { by: 'state', card: ['name'], moved: { title: 'name' } }),
      ],
    })
  const patched = patch(Author, { form: { after: 'land', insert: ['createdAt'] } })

  test('is still found by its old one, and the author of the patch is told', () => {
    const owner = renamed({ land: 'country', place: 'origin' })
    const view = owner.views[0]!
    const wing = branch(
      {
        depends: [library, owner],
        views: [
          patched,
          patchView(
            view as never,
            [
              { in: 'place', insert: ['updatedAt'] },
              { set: 'place', to: { label: 'From' } },
            ] as never,
          ),
          patch(Book, { kanban: { after: 'title', insert: ['isbn'] } }),
        ],
      },
      'wing',
    )
    const composition = composed(owner, wing)
    const { form } = composition.screens(composition.models.of(Author))
    expect(form.of).toMatchObject([
      { field: 'name' },
      { name: 'origin', label: 'From', of: [{ field: 'country' }, { field: 'createdAt' }, { field: 'updatedAt' }] },
    ])
    expect(bookScreens(owner, wing).kanban?.card.map(({ field }) => field)).toEqual(['name', 'isbn'])
    expect(notesOn(composition).filter(({ sentence }) => sentence.startsWith('Patches'))).toEqual([
      {
        module: 'wing',
        sentence: 'Patches the form of "author" at "land", which "branch" now calls "country": the old name goes with its next version.',
      },
      {
        module: 'wing',
        sentence: 'Patches the form of "author" at "place", which "branch" now calls "origin": the old name goes with its next version.',
      },
      {
        module: 'wing',
        sentence: 'Patches the kanban of "book" at "title", which "branch" now calls "name": the old name goes with its next version.',
      },
    ])
  })

  test('must be gone by the old one and be there by the new one', () => {
    expect(problemsOf(renamed({ land: 'contry', origin: 'country' }))).toMatchObject([
      {
        code: 'view.moved_nowhere',
        module: 'branch',
        sentence: 'The form of "author" says that "land" has moved to "contry", which is not there.',
        hint: 'Did you mean "country"?',
      },
      {
        code: 'view.not_moved',
        sentence: 'The form of "author" says that "origin" has moved to "country", but there still is a "origin".',
      },
    ])
  })

  test('is not found once the old one is forgotten', () => {
    const owner = renamed({})
    expect(problemsOf(owner, branch({ depends: [library, owner], views: [patched] }, 'wing'))).toMatchObject([
      {
        code: 'view.unknown_anchor',
        module: 'wing',
        sentence: '"wing" patches the form of "author", which "branch" declares (after "land"); there is no "land" in it.',
      },
    ])
  })
})
