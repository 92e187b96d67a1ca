import { calendar, form, kanban, list, type Model, p, patch, patchView, search } from '@tessera/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  Author,
  action,
  Book,
  bookForm,
  bookList,
  bookSearch,
  branch,
  composed,
  defineModel,
  Member,
  problemsOf,
  Shelf,
} from '../../test/fixtures/module-library.ts'
import type { Module } from '../module/module.ts'
import type { Node, Screens } from './composed.ts'

const lend = action(Book, 'lend', { label: 'Lend', run: () => undefined })
const giveBack = action(Book, 'giveBack', { label: 'Give back', run: () => undefined })

const Letter: Model = defineModel('letter', { name: p.string(), remarks: () => p.oneToMany(Remark).mappedBy('letter') }, { title: 'name' })
const Remark: Model = defineModel('remark', {
  kind: p.enum(['public', 'note']),
  body: p.text(),
  sender: p.enum(['staff', 'customer', 'bot']),
  author: () => p.manyToOne(Member).nullable(),
  letter: () => p.manyToOne(Letter).nullable(),
})

function screensOf(model: Model, ...modules: Module[]): Screens {
  const composition = composed(...modules)
  return composition.screens(composition.models.of(model))
}
const withViews = (...views: Module['views']): Module => branch({ views, actions: [lend, giveBack] })
const bookScreens = (...views: Module['views']) => screensOf(Book, withViews(...views))

/** `name origin(author)`: a form at a glance. */
function outline(nodes: readonly Node[]): string {
  return nodes.map((node) => (node.node === 'field' ? node.field : `${node.name}(${outline(node.of)})`)).join(' ')
}
const formOf = (...views: Module['views']) => outline(bookScreens(...views).form.of)
const listOf = (...views: Module['views']) =>
  bookScreens(...views)
    .list.of.map(({ field }) => field)
    .join(' ')

function problemOf(...views: Module['views']): [string, string, string | undefined] {
  const problems = problemsOf(withViews(...views))
  expect(problems).toHaveLength(1)
  const { code, module, sentence, hint } = problems[0]!
  expect(module).toBe('branch')
  return [code, sentence, hint]
}

describe('a declared view', () => {
  test('is shown as it is declared, its labels guessed from the names', () => {
    const { form, list, search } = bookScreens()
    expect(outline(form.of)).toBe('name origin(author author.country) lending(state dueAt)')
    expect(form.of[1]).toMatchObject({ node: 'group', label: 'Origin', module: 'library' })
    expect(form.status).toBe('state')
    expect(list).toMatchObject({ filter: ['lent'], order: [{ path: 'createdAt', direction: 'desc' }] })
    expect(search.texts).toEqual(['name'])
    expect(search.filters.get('lent')).toEqual({ label: 'Lent', where: { state: 'out' }, module: 'library' })
    expect(search.groups).toEqual(['author', 'dueAt:month'])
  })

  test('is the only one of its kind for a model', () => {
    expect(problemOf(list(Book, ['name']))).toEqual([
      'view.duplicate',
      '"branch" declares a list of "book", which "library" has declared already.',
      'Change the declared one with patch or patchView.',
    ])
  })

  test('shows a label, tones and conditions only where they are given', () => {
    const [shown] = bookScreens(
      patch(Book, { list: { after: 'name', insert: [{ field: 'isbn', label: 'Number', tones: { muted: { state: 'out' } } }] } }),
    ).list.of.slice(1)
    expect(shown).toEqual({
      field: 'isbn',
      label: 'Number',
      as: undefined,
      wide: false,
      hidden: undefined,
      readonly: undefined,
      optional: undefined,
      tones: { muted: { state: 'out' } },
      total: undefined,
      list: undefined,
      module: 'branch',
    })
  })
})

describe('a model without views', () => {
  test('gets a list, a form and a search that make sense', () => {
    const { form, list, kanban, search } = screensOf(Author, branch({}))
    expect(list.of.map(({ field }) => field)).toEqual(['name', 'country'])
    expect(outline(form.of)).toBe('name details(country) booksTab(books)')
    expect(form.of[2]).toMatchObject({ label: 'Books', of: [{ list: ['name', 'isbn', 'state', 'shelf'] }] })
    expect(kanban).toBeUndefined()
    expect(search).toMatchObject({ texts: ['name', 'country'], filters: new Map(), groups: [], facets: [] })
  })

  test('lists at most six short fields, shows long texts in full width, groups by relations and enums', () => {
    const Film: Model = defineModel('film', {
      story: p.text(),
      title: p.string(),
      genre: p.enum(['drama', 'comedy']),
      keeper: () => p.manyToOne(Member),
      minutes: p.integer(),
      price: p.decimal(),
      released: p.date(),
      rented: p.boolean(),
      details: p.json(),
    })
    const { form, list, search } = screensOf(Film, branch({ models: [Film] }))
    expect(list.of.map(({ field }) => field)).toEqual(['title', 'genre', 'keeper', 'minutes', 'price', 'released'])
    expect(outline(form.of)).toBe('title details_(genre keeper minutes price released rented) story details')
    expect(form.of[2]).toMatchObject({ field: 'story', wide: true })
    expect(search).toMatchObject({ texts: ['title'], groups: ['genre', 'keeper'], facets: ['genre', 'keeper'] })
  })

  test('shows the buttons of its actions, and what a patch inserts only once', () => {
    const rename = action(Shelf, 'rename', { label: 'Rename', run: () => undefined })
    const views = [patch(Shelf, { form: { before: 'name', insert: ['room'] }, list: { before: 'name', insert: ['room'] } })]
    const { form, list } = screensOf(Shelf, branch({ actions: [rename], views }))
    expect(form.buttons).toEqual([rename])
    expect(outline(form.of)).toBe('room name')
    expect(list.of.map(({ field, module }) => [field, module])).toEqual([
      ['room', 'branch'],
      ['name', 'library'],
    ])
  })
})

describe('a patch', () => {
  test('puts parts after and before fields and paths, and remembers whose they are', () => {
    expect(formOf(patch(Book, { form: { after: 'author', insert: ['isbn', 'shelf.room'] } }))).toBe(
      'name origin(author isbn shelf.room author.country) lending(state dueAt)',
    )
    expect(formOf(patch(Book, { form: { before: 'author.country', insert: [{ group: 'extra', of: ['pages'] }] } }))).toBe(
      'name origin(author extra(pages) author.country) lending(state dueAt)',
    )
    expect(listOf(patch(Book, { list: { before: 'name', insert: ['isbn'] } }))).toBe('isbn name author dueAt')
  })

  test('replaces, hides and sets', () => {
    expect(formOf(patch(Book, { form: { replace: 'author', with: ['shelf', 'pages'] } }))).toBe(
      'name origin(shelf pages author.country) lending(state dueAt)',
    )
    expect(formOf(patch(Book, { form: [{ hide: 'author' }, { hide: 'author.country' }] }))).toBe('name lending(state dueAt)')
    const { form } = bookScreens(patch(Book, { form: { set: 'name', to: { label: 'Title', readonly: { state: 'lost' } } } }))
    expect(form.of[0]).toMatchObject({ field: 'name', label: 'Title', readonly: { state: 'lost' }, module: 'library' })
  })

  test('of one view also reaches its groups and tabs', () => {
    const patched = patchView(bookForm, [
      { in: 'lending', insert: ['shelf'] },
      { after: 'origin', insert: [{ tab: 'more', of: ['pages'] }] },
      { set: 'origin', to: { label: 'Where from' } },
    ])
    expect(formOf(patched, patchView(patched, { in: 'more', insert: ['isbn'] }))).toBe(
      'name origin(author author.country) more(pages isbn) lending(state dueAt shelf)',
    )
    expect(bookScreens(patched).form.of[1]).toMatchObject({ label: 'Where from' })
    expect(formOf(patchView(bookForm, { hide: 'origin' }))).toBe('name lending(state dueAt)')
    expect(listOf(patchView(bookList, { hide: 'dueAt' }))).toBe('name author')
  })

  test('that is listed twice is applied once', () => {
    const once = patch(Book, { list: { after: 'name', insert: ['isbn'] } })
    expect(listOf(once, once)).toBe('name isbn author dueAt')
  })

  test('finds what another patch has hidden or replaced', () => {
    expect(formOf(patch(Book, { form: { hide: 'dueAt' } }), patch(Book, { form: { after: 'dueAt', insert: ['pages'] } }))).toBe(
      'name origin(author author.country) lending(state pages)',
    )
    expect(
      listOf(
        patch(Book, { list: { replace: 'author', with: ['isbn', 'author'] } }),
        patch(Book, { list: { after: 'author', insert: ['pages'] } }),
      ),
    ).toBe('name isbn author pages dueAt')
  })

  test('adds buttons and takes them as anchors', () => {
    const buttons = (...views: Module['views']) => bookScreens(...views).form.buttons.map(({ label }) => label)
    const first = patch(Book, { form: { after: 'name', insert: [lend] } })
    expect(buttons(first)).toEqual(['Lend'])
    expect(buttons(first, patch(Book, { form: { before: lend, insert: [giveBack] } }))).toEqual(['Give back', 'Lend'])
    expect(buttons(first, patch(Book, { form: { replace: lend, with: [giveBack] } }))).toEqual(['Give back'])
    expect(buttons(first, patch(Book, { form: { hide: lend } }))).toEqual([])
    expect(buttons(first, patch(Book, { form: { set: lend, to: { label: 'Hand out' } } }))).toEqual(['Hand out'])
    expect(lend.label).toBe('Lend')
  })

  test('adds smart buttons', () => {
    const { form } = screensOf(
      Author,
      branch({
        views: [patch(Author, { form: { in: 'links', insert: ['books', { link: 'books', label: 'Lent', where: { state: 'out' } }] } })],
      }),
    )
    expect(form.links).toEqual([
      { link: 'books', label: undefined, icon: undefined, where: undefined, optional: false, module: 'branch' },
      { link: 'books', label: 'Lent', icon: undefined, where: { state: 'out' }, optional: false, module: 'branch' },
    ])
  })

  test('changes the search', () => {
    const change = { texts: ['isbn'], facets: ['shelf'], groups: ['state'], filters: { thick: { pages: { $gt: 900 } } }, hide: 'lost' }
    const { search } = bookScreens(patchView(bookSearch, change as never))
    expect(search).toMatchObject({ texts: ['name', 'isbn'], facets: ['shelf'], groups: ['author', 'dueAt:month', 'state'] })
    expect([...search.filters].map(([name, { module }]) => [name, module])).toEqual([
      ['lent', 'library'],
      ['thick', 'branch'],
    ])
  })

  test('changes the kanban', () => {
    const board = kanban(Book, { by: 'state', card: ['name'] })
    const { kanban: composedBoard } = bookScreens(board, patch(Book, { kanban: { after: 'name', insert: ['pages'] } }))
    expect(composedBoard).toMatchObject({ by: 'state', card: [{ field: 'name' }, { field: 'pages' }] })
  })

  test('of a later module wins over that of an earlier one', () => {
    const early = branch({ views: [patch(Book, { form: { set: 'name', to: { label: 'Early' } } })] }, 'a')
    const late = branch({ views: [patch(Book, { form: { set: 'name', to: { label: 'Late' } } })] }, 'b')
    expect(screensOf(Book, late, early).form.of[0]).toMatchObject({ label: 'Late' })
  })
})

describe('boot names', () => {
  test('an anchor that is not there, with the nearest one', () => {
    expect(problemOf(patch(Book, { form: { after: 'athor', insert: ['isbn'] } }))).toEqual([
      'view.unknown_anchor',
      '"branch" patches the form of "book", which "library" declares (after "athor"); there is no "athor" in it.',
      'Did you mean "author"?',
    ])
    expect(problemOf(patchView(bookForm, { in: 'lendign' as never, insert: ['isbn'] }))).toEqual([
      'view.unknown_anchor',
      '"branch" patches the form of "book", which "library" declares (in "lendign"); there is no "lendign" in it.',
      'Did you mean "lending"?',
    ])
    expect(problemOf(patch(Book, { form: { hide: lend } }))[1]).toBe(
      '"branch" patches the form of "book", which "library" declares (hide button "lend"); there is no button "lend" in it.',
    )
    expect(problemOf(patch(Shelf, { list: { after: 'rom', insert: ['name'] } })).slice(1)).toEqual([
      '"branch" patches the list of "shelf", which core makes of the fields of "library" (after "rom"); there is no "rom" in it.',
      'Did you mean "room"?',
    ])
    expect(problemOf(patch(Book, { kanban: { hide: 'name' } }))[1]).toBe(
      '"branch" patches the kanban of "book" of "library", which has none.',
    )
  })

  test('a group as the anchor of a patch that reaches every view', () => {
    expect(problemOf(patch(Book, { form: { after: 'origin', insert: ['isbn'] } }))[0]).toBe('view.unknown_anchor')
  })

  test('a field that the model does not have', () => {
    expect(problemOf(patch(Book, { list: { after: 'name', insert: ['author.contry'] } }))).toEqual([
      'view.unknown_field',
      'The list of "book" shows "author.contry", but "author" has no field "contry".',
      'Did you mean "country"?',
    ])
    expect(problemOf(patch(Book, { form: { set: 'name', to: { hidden: { stat: 'in' } } } }))[1]).toBe(
      'hidden of "name" in a view of "book" asks for "stat", but "book" has no field "stat".',
    )
    expect(problemOf(patch(Book, { search: { filters: { x: { stat: 'in' } } } }))[1]).toBe(
      'The filter "x" of "book" asks for "stat", but "book" has no field "stat".',
    )
    expect(problemOf(patch(Book, { search: { texts: ['nam'] } }))[1]).toBe(
      'The search of "book" looks in "nam", but "book" has no field "nam".',
    )
    expect(problemOf(patch(Book, { search: { facets: ['nam'] } }))[1]).toBe(
      'The search of "book" offers "nam", but "book" has no field "nam".',
    )
    expect(problemOf(patch(Book, { search: { groups: ['nam'] } }))[1]).toBe(
      'The search of "book" groups by "nam", but "book" has no field "nam".',
    )
    expect(problemOf(form(Author, [{ field: 'books', list: ['nam'] }]))[1]).toBe(
      'The form of "author" lists in "books" "nam", but "book" has no field "nam".',
    )
    expect(problemOf(list(Author, ['name'], { order: { nam: 'asc' } }))[1]).toBe(
      'The list of "author" is ordered by "nam", but "author" has no field "nam".',
    )
    expect(problemOf(list(Author, ['name'], { tones: { muted: { nam: 1 } } }))[1]).toBe(
      'The tone "muted" of the list of "author" asks for "nam", but "author" has no field "nam".',
    )
  })

  test('an operator or placeholder that does not exist in a condition of a view', () => {
    expect(problemOf(patch(Book, { search: { filters: { x: { pages: { $more: 1 } } } } })).slice(0, 2)).toEqual([
      'view.unknown_operator',
      'The filter "x" of "book" uses the operator "$more", which does not exist.',
    ])
  })

  test('a group or tab with the name of a field, or of another group', () => {
    expect(problemOf(patch(Book, { form: { after: 'name', insert: [{ group: 'shelf', of: ['pages'] }] } }))).toEqual([
      'view.name_is_field',
      'The group "shelf" in the form of "book" has the name of a field.',
      'Give it another name: patches could not tell them apart.',
    ])
    expect(problemOf(patch(Book, { form: { after: 'name', insert: [{ tab: 'origin', of: ['pages'] }] } }))).toEqual([
      'view.duplicate_name',
      'The form of "book" has two parts named "origin", of "library" and of "branch".',
      'Start the name with a prefix of the module.',
    ])
  })

  test('a filter that the search does not have', () => {
    expect(problemOf(list(Author, ['name'], { filter: ['dead'] })).slice(0, 2)).toEqual([
      'view.unknown_filter',
      'The list of "author" starts with the filter "dead", which the search of "author" does not have.',
    ])
    expect(problemOf(patch(Book, { search: { hide: 'lots' } }))).toEqual([
      'view.unknown_filter',
      '"branch" hides the filter "lots" of "book"; the search of "library" has no such filter.',
      'Did you mean "lost"?',
    ])
    expect(problemOf(patch(Book, { search: { marks: { lots: 'danger' } } }))).toEqual([
      'view.unknown_filter',
      'The search of "book" marks the filter "lots", which it does not have.',
      'Did you mean "lost"?',
    ])
  })

  test('a status, board, link or grain that does not fit its field', () => {
    expect(problemOf(form(Author, ['name'], { status: 'country' })).slice(0, 2)).toEqual([
      'view.no_choice',
      '"author" shows as the status of the form "country", which is neither a relation to one record nor an enum.',
    ])
    expect(problemOf(kanban(Book, { by: 'pages', card: ['name'] }))[0]).toBe('view.no_choice')
    expect(problemOf(patch(Book, { form: { in: 'links', insert: ['author' as never] } })).slice(0, 2)).toEqual([
      'view.no_link',
      'The form of "book" links to "author", which is no relation to many records.',
    ])
    expect(problemOf(search(Author, { groups: ['name:month'] }))).toEqual([
      'view.unknown_grain',
      'The search of "author" groups by "name:month".',
      'A date can be grouped by day, week, month, quarter, year.',
    ])
  })

  test('a button whose action no module lists, and a part beside a button', () => {
    const forgotten = action(Book, 'forgotten', { label: 'Forgotten', run: () => undefined })
    expect(problemOf(patch(Book, { form: { after: 'name', insert: [forgotten] } }))).toEqual([
      'view.unknown_action',
      'The form of "book" shows the button "forgotten", but no module lists this action under actions.',
      'Add it there.',
    ])
    expect(
      problemOf(
        patch(Book, {
          form: [
            { after: 'name', insert: [lend] },
            { after: lend, insert: ['isbn'] },
          ],
        }),
      ).slice(0, 2),
    ).toEqual(['view.misplaced_part', 'A patch of the form of "book" puts a part beside the button "lend", where only actions can stand.'])
  })

  test('a conversation of records that are no messages, and an action that says nothing', () => {
    expect(problemOf(form(Author, ['name'], { conversation: { of: 'books', say: [] } as never })).slice(0, 2)).toEqual([
      'view.no_conversation',
      'The conversation on the form of "author" is "books", but "book" has no kind (public, note), sender (staff, customer, bot), body.',
    ])
    expect(problemOf(form(Author, ['name'], { conversation: { of: 'boks', say: [] } as never }))[2]).toBe('Did you mean "books"?')
    const mute = action(Remark, 'mute', { label: 'Mute', run: () => undefined })
    const said = form(Letter, ['name'], { conversation: { of: 'remarks', say: [mute] } as never })
    expect(problemsOf(branch({ models: [Letter, Remark], actions: [mute], views: [said] })).map(({ code }) => code)).toContain(
      'view.no_conversation',
    )
  })

  test('an operation without a verb', () => {
    expect(problemOf(patch(Book, { form: { behind: 'name', insert: ['isbn'] } as never })).slice(0, 2)).toEqual([
      'view.unknown_operation',
      'A patch of the form of "book" says neither after, before, in, replace, hide nor set.',
    ])
  })

  test('a view or model that is not installed', () => {
    const planet: Model = defineModel('planet', { name: p.string() })
    expect(problemOf(patch(planet, { list: { hide: 'name' } }))[1]).toBe(
      '"branch" patches a view of "planet", a model that no installed module declares.',
    )
    expect(problemOf(list(planet, ['name'])).slice(0, 2)).toEqual([
      'view.unknown_model',
      '"branch" declares a list of "planet", a model that no installed module declares.',
    ])
    expect(problemOf(patchView(form(Book, ['name']), { hide: 'name' }))).toEqual([
      'view.unknown_view',
      '"branch" patches a form of "book" that no module declares.',
      'List the view itself under views of its module.',
    ])
  })
})

describe('a conversation', () => {
  const input = z.object({ body: z.string(), state: z.string().optional() })
  const answer = action(Letter, 'answer', { label: 'Answer', input, run: () => undefined })
  const aside = action(Letter, 'aside', { label: 'Aside', input, run: () => undefined })
  const call = action(Letter, 'call', { label: 'Call', input, run: () => undefined })
  const talked = form(Letter, ['name'], { conversation: { of: 'remarks', say: [answer, { say: aside, internal: true }] } as never })
  const sayings = (...views: Module['views']) =>
    screensOf(Letter, branch({ models: [Letter, Remark], actions: [answer, aside, call], views: [talked, ...views] }))
      .form.conversation?.say.map((each) => `${each.action.name}${each.internal ? ' (internal)' : ''}`)
      .join(', ')

  test('names what is said and by which actions', () => {
    expect(sayings()).toBe('answer, aside (internal)')
  })

  test('is patched like buttons are', () => {
    expect(sayings(patch(Letter, { form: { after: answer, insert: [call] } }))).toBe('answer, call, aside (internal)')
    expect(sayings(patch(Letter, { form: { hide: aside } }))).toBe('answer')
    expect(sayings(patch(Letter, { form: { before: answer, insert: [{ say: call, internal: true }] } }))).toBe(
      'call (internal), answer, aside (internal)',
    )
  })
})

test('two compositions with different modules live side by side', () => {
  const plain = composed(branch({}))
  const patched = composed(withViews(patch(Book, { list: { after: 'name', insert: ['isbn'] } })))
  const columns = (composition: typeof plain) => composition.screens(composition.models.of(Book)).list.of.map(({ field }) => field)
  expect(columns(plain)).toEqual(['name', 'author', 'dueAt'])
  expect(columns(patched)).toEqual(['name', 'isbn', 'author', 'dueAt'])
})

test('lines of a form are records that point back, with columns that one writes on them', () => {
  const lines = (field: string, list?: readonly string[]) =>
    problemsOf(withViews(form(Author, ['name', { field: field as 'books', as: 'lines', ...(list && { list }) }])))[0]?.sentence
  expect(lines('books', ['name', 'shelf'])).toBeUndefined()
  expect(lines('country', ['name'])).toBe('The form of "author" shows "country" as lines, which is no relation to records that point back.')
  expect(lines('books')).toBe('The form of "author" shows "books" as lines without columns.')
  expect(lines('books', ['author'])).toContain('with the column "author", which is no value of "book" that fits into a line.')
})

test('a calendar shows a stored day, and is patched like a board', () => {
  const problem = (view: Module['views'][number]) => problemsOf(withViews(view))[0]?.sentence
  expect(problem(calendar(Book, { date: 'pages' }))).toBe(
    'The calendar of "book" shows records on the day "pages", which is no stored date or instant.',
  )
  expect(problem(calendar(Book, { date: 'createdAt', until: 'pages' }))).toBe(
    'The calendar of "book" shows records until "pages", which is not of the same type as "createdAt".',
  )
  expect(problem(patch(Book, { calendar: { after: 'name', insert: ['isbn'] } }))).toContain('patches the calendar of "book"')
  const view = calendar(Book, { date: 'createdAt', card: ['name'], tones: { muted: { state: 'out' } } })
  const { calendar: composed } = screensOf(Book, withViews(view, patchView(view, { after: 'name', insert: ['isbn'] })))
  expect(composed).toMatchObject({ date: 'createdAt', until: undefined, tones: { muted: { state: 'out' } } })
  expect(composed?.card.map(({ field }) => field)).toEqual(['name', 'isbn'])
})
