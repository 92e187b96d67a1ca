import {
  after,
  card,
  command,
  defineModule,
  job,
  type Model,
  menu,
  migration,
  now,
  p,
  page,
  permission,
  role,
  route,
  settings,
} from '@tessera/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  Author,
  action,
  Book,
  branch,
  data,
  defineModel,
  extend,
  given,
  Member,
  me,
  problemsOf,
  reader,
  Shelf,
  shelves,
  show,
} from '../../test/fixtures/module-library.ts'
import type { Module } from './module.ts'

const lend = action(Book, 'lend', { label: 'Lend', run: () => undefined })
const foreign: Model = defineModel('planet', { name: p.string() })

/** Code, sentence and hint of the only problem. */
function problemOf(about: Partial<Module>): [string, string, string | undefined] {
  const problems = problemsOf(branch(about))
  expect(problems).toHaveLength(1)
  const { code, module, sentence, hint } = problems[0]!
  expect(module).toBe('branch')
  return [code, sentence, hint]
}

test('a sound module has no problems', () => {
  expect(
    problemsOf(
      branch({
        actions: [lend],
        extends: [
          extend(
            Book,
            { loans: p.integer().default(0), keeper: () => p.manyToOne(Member).nullable() },
            {
              fields: { loans: { readonly: true }, state: { through: () => [lend] } },
              order: { 'author.name': 'asc' },
              indexes: [{ of: ['state', 'dueAt'], where: { dueAt: { $ne: null } } }],
            },
          ),
        ],
        permissions: [
          reader.can(['read', lend], Book, {
            $or: [{ keeper: me.id }, { shelf: me.shelfId, state: { $in: ['in', 'out'] } }, { $not: { dueAt: { $lt: now } } }],
            author: { books: { shelf: { $in: me.favouriteIds } } },
            shelf: shelves.cellar,
          }),
        ],
        menus: [menu('Books', { opens: show(Book, { filter: ['lent'], as: 'pivot' }) })],
        events: [after(Book, lend, () => undefined), after(Book, ['state'], () => undefined)],
      }),
    ),
  ).toEqual([])
})

test('all problems are told together', () => {
  expect(
    problemsOf(
      branch({
        overrides: { clock: (Parent: unknown) => Parent } as never,
        permissions: [reader.can('read', Book, { tilte: 'x' }, ['nmae'])],
      }),
    ).map(({ code }) => code),
  ).toEqual(['service.override_of_nothing', 'rule.unknown_field', 'rule.unknown_field'])
})

describe('a rule', () => {
  const rule = (where: object) => problemOf({ permissions: [reader.can('read', Book, where)] })

  test('names fields that exist, also through relations and inside $and, $or and $not', () => {
    expect(rule({ $or: [{ author: { contry: 'Kenya' } }] })).toEqual([
      'rule.unknown_field',
      'A rule of "reader" on "book" asks for "contry", but "author" has no field "contry".',
      'Did you mean "country"?',
    ])
    expect(rule({ $not: { shelv: 'x' } })[0]).toBe('rule.unknown_field')
    expect(rule({ author: { books: { pagez: 1 } } })[1]).toContain('"book" has no field "pagez"')
    expect(rule({ 'author.contry': 'Kenya' })[1]).toContain('asks for "author.contry", but "author" has no field "contry"')
  })

  test('asks no fields of a value', () => {
    expect(rule({ name: { first: 'x' } })).toEqual([
      'rule.unknown_field',
      'A rule of "reader" on "book" asks for "name.first", but "name" of "book" is a value and has no fields.',
      undefined,
    ])
  })

  test('uses operators that exist', () => {
    expect(rule({ pages: { $gte: 3, $lessThan: 4 } })).toEqual([
      'rule.unknown_operator',
      'A rule of "reader" on "book" uses the operator "$lessThan", which does not exist.',
      'Known are $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $contains, $startsWith, $null.',
    ])
    expect(rule({ $xor: [] })[0]).toBe('rule.unknown_operator')
    expect(rule({ pages: { $gtee: 3 } })[2]).toMatch(/^Did you mean "\$gte?"\?$/)
  })

  test('names what the user has: scalars, relations with Id, many relations with Ids', () => {
    expect(rule({ shelf: { $in: me.favouritesIds } })).toEqual([
      'rule.unknown_placeholder',
      'A rule of "reader" on "book" names "me.favouritesIds", but the model of users, "member", has no field for it.',
      'Did you mean "favouriteIds"?',
    ])
    expect(rule({ shelf: me.shelf })[2]).toBe('Did you mean "shelfId"?')
  })

  test('knows only me.id where no module declares the model of users', () => {
    const alone = defineModule({
      name: 'alone',
      models: [foreign],
      roles: [reader],
      permissions: [reader.can('read', foreign, { name: me.name })],
    })
    expect(problemsOf(alone)).toMatchObject([
      {
        code: 'rule.unknown_placeholder',
        sentence: 'A rule of "reader" on "planet" names "me.name", but no installed module declares the model of users.',
      },
    ])
  })

  test('names values of an enum and shipped records that exist', () => {
    expect(rule({ state: { $in: ['in', 'ouut'] } })).toEqual([
      'rule.unknown_value',
      'A rule of "reader" on "book" compares "state" of "book" with "ouut", which is none of its values.',
      'Did you mean "out"?',
    ])
    expect(rule({ shelf: data(Shelf, { attic: { name: 'Attic' } }).attic })).toEqual([
      'rule.unknown_record',
      'A rule of "reader" on "book" names the shipped record "shelf.attic", which no installed module ships.',
      'List what data() returned under data.',
    ])
    expect(rule({ author: shelves.cellar })[1]).toBe(
      'A rule of "reader" on "book" compares "author", which is of the model "author", with the shipped record "shelf.cellar".',
    )
  })

  test('names fields, verbs, models and roles that are installed', () => {
    expect(problemOf({ permissions: [reader.can('read', Book, {}, ['sumary'])] })).toEqual([
      'rule.unknown_field',
      'A rule of "reader" names the field "sumary" of "book", which has no such field.',
      'Did you mean "summary"?',
    ])
    expect(problemOf({ permissions: [reader.can(lend, Book)] })).toEqual([
      'rule.unknown_verb',
      'A rule of "reader" names "lend", which is no verb or action of "book".',
      'Did you mean "read"?',
    ])
    expect(problemOf({ permissions: [reader.can('read', foreign)] }).slice(0, 2)).toEqual([
      'rule.unknown_model',
      'A rule of "reader" is about the model "planet", which no installed module declares.',
    ])
    expect(problemOf({ permissions: [role('raeder').can('read', Book)] })).toEqual([
      'role.unknown',
      'A rule of "branch" is about the role "raeder", which no installed module lists under roles.',
      'Did you mean "reader"?',
    ])
    expect(problemOf({ roles: [role('clerk', { implies: [role('nobody')] })] }).slice(0, 2)).toEqual([
      'role.unknown',
      'The role "clerk" implies the role "nobody", which no installed module lists under roles.',
    ])
    expect(problemOf({ roles: [role('reader')] }).slice(0, 2)).toContain('role.duplicate')
  })
})

describe('a trait', () => {
  const extension = (traits: object, fields: object = {}) => problemOf({ extends: [extend(Book, fields, traits)] })

  test.each<[string, object, string]>([
    ['title', { title: 'nam' }, 'The title of "book" is "nam", but "book" has no field "nam".'],
    ['title given', { title: given(['nam'], () => '') }, 'The title of "book" needs "nam", but "book" has no field "nam".'],
    ['code', { code: 'nam' }, 'The code of "book" is "nam", but "book" has no field "nam".'],
    ['order', { order: { 'author.nam': 'asc' } }, 'The order of "book" names "author.nam", but "author" has no field "nam".'],
    ['check', { checks: { x: { holds: { nam: 1 }, else: '' } } }, 'The check "x" of "book" asks for "nam", but "book" has no field "nam".'],
    [
      'check given',
      { checks: { x: { holds: given(['nam'], () => true), else: '' } } },
      'The check "x" of "book" needs "nam", but "book" has no field "nam".',
    ],
    ['unique', { unique: { x: { of: ['nam'], else: '' } } }, 'The unique "x" of "book" names "nam", but "book" has no field "nam".'],
    ['index', { indexes: [{ of: ['nam'] }] }, 'An index of "book" names "nam", but "book" has no field "nam".'],
    [
      'partial index',
      { indexes: [{ of: ['name'], where: { nam: 1 } }] },
      'An index of "book" asks for "nam", but "book" has no field "nam".',
    ],
    [
      'suggest',
      { fields: { name: { suggest: given(['nam'], () => '') } } },
      'The trait suggest of "book.name" needs "nam", but "book" has no field "nam".',
    ],
    [
      'compute',
      { fields: { name: { compute: given(['author.nam'], () => '') } } },
      'The trait compute of "book.name" needs "author.nam", but "author" has no field "nam".',
    ],
    [
      'required',
      { fields: { name: { required: { nam: 1 } } } },
      'The trait required of "book.name" asks for "nam", but "book" has no field "nam".',
    ],
    [
      'readonly',
      { fields: { name: { readonly: { nam: 1 } } } },
      'The trait readonly of "book.name" asks for "nam", but "book" has no field "nam".',
    ],
    [
      'from',
      { fields: { name: { from: 'author.nam' } } },
      'The trait from of "book.name" names "author.nam", but "author" has no field "nam".',
    ],
    ['count', { fields: { pages: { count: 'nam' } } }, 'The trait count of "book.pages" is of "nam", but "book" has no field "nam".'],
    [
      'where',
      { fields: { author: { where: { nam: 1 } } } },
      'The trait where of "book.author" asks for "nam", but "author" has no field "nam".',
    ],
    [
      'where given',
      { fields: { author: { where: given(['nam'], () => ({})) } } },
      'The trait where of "book.author" needs "nam", but "book" has no field "nam".',
    ],
  ])('names only fields that exist: %s', (_, traits, sentence) => {
    expect(extension(traits).slice(0, 2)).toEqual(['model.unknown_field', sentence])
  })

  test('goes through relations to one record only', () => {
    expect(extension({ order: { 'name.first': 'asc' } })).toEqual([
      'model.unknown_field',
      'The order of "book" names "name.first", but "name" is no relation to one record: it has no field "first".',
      undefined,
    ])
  })

  test('keeps a field for roles that are installed', () => {
    expect(extension({ fields: { name: { only: [role('ghost')] } } }).slice(0, 2)).toEqual([
      'role.unknown',
      '"name" of "book" is only for the role "ghost", which no installed module lists under roles.',
    ])
  })

  test('needs nothing that a restored backup has not', () => {
    const Visit: Model = defineModel('visit', { door: p.string() }, { fleeting: true })
    const Note: Model = defineModel('note', { text: p.string(), visit: () => p.manyToOne(Visit) })
    expect(problemOf({ models: [Visit, Note] }).slice(0, 2)).toEqual([
      'field.fleeting',
      '"visit" of "note" names a "visit", whose records are fleeting: a restored backup has none of them.',
    ])
  })

  test('belongs only to what it has a relation to', () => {
    expect(extension({ within: ['name'] }).slice(0, 2)).toEqual([
      'model.no_within',
      'The records of "book" are within "name", which is no relation to one record.',
    ])
  })

  test.each([
    ['check', { checks: { x: { holds: { name: 'x' }, else: 'Not {isbm}.' } } }],
    ['unique', { unique: { x: { of: ['name'], else: 'Not {isbm}.' } } }],
  ])('fills the sentence of a %s from fields that exist', (what, traits) => {
    expect(extension(traits)).toEqual([
      'model.unknown_placeholder',
      `The sentence of the ${what} "x" of "book" has the placeholder "{isbm}", but "book" has no such field.`,
      'Did you mean "isbn"?',
    ])
  })

  test('counts relations to many records, under conditions that exist', () => {
    expect(extension({ fields: { pages: { count: 'author' } } }).slice(0, 2)).toEqual([
      'model.no_aggregate',
      'The trait count of "book.pages" is of "author", which is no relation to many records.',
    ])
    const problem = problemOf({
      extends: [
        extend(Author, { lent: p.integer().persist(false) }, { fields: { lent: { count: { of: 'books', where: { stat: 'out' } } } } }),
      ],
    })
    expect(problem.slice(0, 2)).toEqual([
      'model.unknown_field',
      'The trait count of "author.lent" asks for "stat", but "book" has no field "stat".',
    ])
  })

  test('says conditions with operators that exist and that are conditions', () => {
    expect(extension({ fields: { name: { required: { pages: { $over: 1 } } } } })[0]).toBe('model.unknown_operator')
    expect(extension({ fields: { name: { required: 'always' } } }).slice(0, 2)).toEqual([
      'model.no_condition',
      'The trait required of "book.name" is no condition: it is an object of fields and values.',
    ])
  })

  test('gives a field to actions that are declared', () => {
    expect(extension({ fields: { state: { through: () => [lend] } } }).slice(0, 2)).toEqual([
      'field.unknown_action',
      '"state" of "book" is written through the action "lend", which no module declares for this model.',
    ])
  })

  test('lets no values follow from each other in a circle', () => {
    const fields = { name: { suggest: given(['summary'], () => '') }, summary: { compute: given(['name'], () => '') } }
    expect(extension({ fields })).toEqual([
      'field.needs_cycle',
      'Fields of "book" follow from each other in a circle: name needs summary, summary needs name.',
      'Let one of them be decided by the writer alone.',
    ])
  })

  test('a column of an addon is nullable or has a default', () => {
    expect(extension({}, { weight: p.integer() })).toEqual([
      'field.addon_not_nullable',
      '"branch" adds the field "weight" to "book", but existing records would have no value for it.',
      'Make it .nullable(), or give it a .default().',
    ])
    expect(extension({}, { keeper: () => p.manyToOne(Member) })[0]).toBe('field.addon_not_nullable')
    const sound = {
      weight: p.integer().default(1),
      size: p.integer().nullable(),
      area: p.integer().persist(false),
      readers: () => p.manyToMany(Member),
    }
    expect(problemsOf(branch({ extends: [extend(Book, sound)] }))).toEqual([])
  })
})

describe('an action', () => {
  test('has a name of its own', () => {
    const again = action(Book, 'lend', { label: 'Lend out', run: () => undefined })
    expect(problemOf({ actions: [lend, again] })).toEqual([
      'action.duplicate',
      'The action "lend" of "book" is declared by "branch" and by "branch".',
      'Give one of them another name.',
    ])
    expect(problemOf({ actions: [action(Book, 'update', { label: 'x', run: () => undefined })] }).slice(0, 2)).toEqual([
      'action.reserved_name',
      'The action "update" of "book" has the name of a verb that every model has.',
    ])
  })

  test('is for an installed model, and names its fields', () => {
    const run = () => undefined
    expect(problemOf({ actions: [action(foreign, 'orbit', { label: 'x', run })] }).slice(0, 2)).toEqual([
      'action.unknown_model',
      'The action "orbit" of "planet" is for a model that no installed module declares.',
    ])
    expect(problemOf({ actions: [action(Book, 'a', { label: 'x', when: { stat: 'in' }, run })] })).toEqual([
      'action.unknown_field',
      'when of the action "a" of "book" asks for "stat", but "book" has no field "stat".',
      'Did you mean "state"?',
    ])
    expect(problemOf({ actions: [action(Book, 'a', { label: 'x', takes: { stat: true }, run })] })[1]).toBe(
      'The action "a" of "book" takes "stat", but "book" has no field "stat".',
    )
    expect(problemOf({ actions: [action(Book, 'a', { label: 'x', takes: { author: { nam: 1 } }, run })] })[1]).toBe(
      'takes of the action "a" of "book" asks for "nam", but "author" has no field "nam".',
    )
    expect(problemOf({ actions: [action(Book, 'a', { label: 'x', opens: given(['stat'], () => show(Book)) })] })[1]).toBe(
      'opens of the action "a" of "book" needs "stat", but "book" has no field "stat".',
    )
  })
})

describe('a route or page', () => {
  const run = () => undefined

  test('has a path of its own, also beside the generated API', () => {
    expect(
      problemOf({ routes: [route('GET /lookup/:isbn', { may: 'anybody', run }), route('GET /lookup/:name', { may: 'anybody', run })] }),
    ).toEqual(['route.duplicate', 'The route "GET /lookup/:name" of "branch" is served already by "branch".', 'Choose another path.'])
    expect(problemOf({ routes: [route('GET /books/:id', { may: 'anybody', run })] })[1]).toBe(
      'The route "GET /books/:id" of "branch" is served already by the generated API of "book".',
    )
    expect(problemsOf(branch({ pages: [page('GET /books/:id', { may: 'anybody', respond: run as never })] }))).toEqual([])
  })

  test('says who may come through', () => {
    expect(problemOf({ routes: [route('GET /open', { run } as never)] })).toEqual([
      'route.no_permission',
      'The route "GET /open" of "branch" does not say who may come through.',
      `Give it may: a role, a permission, 'signed-in' or 'anybody'.`,
    ])
    expect(problemOf({ pages: [page('GET /open', { respond: run } as never)] })[1]).toBe(
      'The page "GET /open" of "branch" does not say who may come through.',
    )
    expect(problemOf({ routes: [route('GET /open', { may: role('ghost'), run })] })[0]).toBe('role.unknown')
    expect(problemsOf(branch({ routes: [route('GET /open', { may: permission('open', 'Open'), run })] }))).toEqual([])
  })
})

describe('services', () => {
  class Clock {}

  test('have one provider', () => {
    expect(problemsOf(branch({ services: { clock: Clock } }), branch({ services: { clock: Clock } }, 'second'))).toMatchObject([
      { code: 'service.duplicate', module: 'second', sentence: 'The service "clock" is provided by "branch" and by "second".' },
    ])
    expect(problemOf({ services: { records: Clock } })[1]).toBe('The service "records" is provided by "core" and by "branch".')
  })

  test('are overridden only where there is one', () => {
    const overrides = { clokc: (Parent: typeof Clock) => class extends Parent {} } as never
    expect(problemsOf(branch({ services: { clock: Clock } }), branch({ overrides }, 'second'))).toEqual([
      {
        code: 'service.override_of_nothing',
        module: 'second',
        sentence: '"second" overrides the service "clokc", which no installed module provides.',
        hint: 'Did you mean "clock"?',
      },
    ])
  })
})

describe('menus, listeners and migrations', () => {
  test('a menu entry opens what is installed', () => {
    expect(problemOf({ menus: [menu('Planets', { opens: foreign })] }).slice(0, 2)).toEqual([
      'menu.unknown_model',
      'The menu entry "Planets" opens the model "planet", which no installed module declares.',
    ])
    expect(problemOf({ menus: [menu('Books', { opens: show(Book, { filter: ['lnet'] }) })] })).toEqual([
      'view.unknown_filter',
      'The menu entry "Books" starts with the filter "lnet", which the search of "book" does not have.',
      'Did you mean "lent"?',
    ])
    expect(problemOf({ menus: [menu('Books', { opens: show(Book, { new: true, defaults: { nam: 1 } }) })] })[1]).toBe(
      'The menu entry "Books" fills in "nam", but "book" has no field "nam".',
    )
    expect(problemOf({ menus: [menu('Books', { opens: show(Book, { as: 'calendar' }) })] })).toEqual([
      'menu.unknown_view',
      'The menu entry "Books" opens the calendar of "book", which no installed module declares.',
      'List calendar(…) of the model under views, or open its list.',
    ])
    expect(problemOf({ menus: [menu('Books', { in: menu('Hidden') })] }).slice(0, 2)).toEqual([
      'menu.unknown_parent',
      'The menu entry "Books" is in "Hidden", which no installed module lists under menus.',
    ])
    expect(problemOf({ menus: [menu('Books', { may: role('ghost') })] })[0]).toBe('role.unknown')
    expect(problemOf({ menus: [menu('Reading room', { opens: '/room' })] }).slice(0, 2)).toEqual([
      'menu.unknown_page',
      'The menu entry "Reading room" opens the page "/room", which no installed module serves.',
    ])
    expect(problemOf({ menus: [menu('Lent', { count: true })] }).slice(0, 2)).toEqual([
      'menu.counts_nothing',
      'The menu entry "Lent" is to show how many records it opens, and opens none.',
    ])
  })

  test('a card is about what there is', () => {
    expect(problemOf({ cards: [card('Planets', foreign)] }).slice(0, 2)).toEqual([
      'card.unknown_model',
      'The card "Planets" is about the model "planet", which no installed module declares.',
    ])
    expect(problemOf({ cards: [card('Books', Book, { filter: ['lnet'] })] })[2]).toBe('Did you mean "lent"?')
    expect(problemOf({ cards: [card('Books', Book, { dated: 'name' as never })] }).slice(0, 2)).toEqual([
      'card.no_date',
      'The card "Books" is dated by "name", which is no date.',
    ])
    expect(problemOf({ cards: [card('Books', Book, { as: 'graph', graph: { by: 'nam' as never } })] })[1]).toBe(
      'The card "Books" groups by "nam", but "book" has no field "nam".',
    )
  })

  test('a listener waits for what can happen', () => {
    const run = () => undefined
    expect(problemOf({ events: [after(foreign, 'create', run)] }).slice(0, 2)).toEqual([
      'event.unknown_model',
      'A listener (after) of "branch" waits for the model "planet", which no installed module declares.',
    ])
    expect(problemOf({ events: [after(Book, ['stat'], run)] })[1]).toBe(
      'A listener (after) of "branch" waits for a change of "stat", but "book" has no field "stat".',
    )
    expect(problemOf({ events: [after(Book, lend, run)] }).slice(0, 2)).toEqual([
      'event.unknown_trigger',
      'A listener (after) of "branch" waits for "lend", which is no verb or action of "book".',
    ])
  })

  test('a migration changes an installed model', () => {
    expect(problemOf({ migrations: [migration('one', foreign, {})] }).slice(0, 2)).toEqual([
      'migration.unknown_model',
      'The migration "one" changes the model "planet", which no installed module declares.',
    ])
  })

  test('a migration fills in columns of its model, from what the model has', () => {
    const filling = (backfill: object) => problemOf({ migrations: [migration('one', Book, { backfill: backfill as never })] })[1]
    expect(filling({ set: { titel: 'None' } })).toBe('The migration "one" fills in "titel", but "book" has no field "titel".')
    expect(filling({ where: { titel: null }, set: {} })).toBe(
      'where of the migration "one" asks for "titel", but "book" has no field "titel".',
    )
    expect(filling({ set: { name: given(['titel'], () => 'None') } })).toBe(
      'The migration "one", for "name", needs "titel", but "book" has no field "titel".',
    )
  })

  test.each(['every night', '61 * * * *', '0 3 * *', '*/0 * * * *', '0 24 * * *'])('a job cannot run every "%s"', (every) => {
    expect(problemOf({ jobs: [job('sweep', { every, run: () => undefined })] })).toEqual([
      'job.wrong_schedule',
      `The job "sweep" is to run every "${every}", which is no cron expression.`,
      'Write minute, hour, day of the month, month and day of the week: "0 3 * * *" is every day at three, UTC.',
    ])
  })

  test('jobs and commands have names of their own', () => {
    const run = () => undefined
    expect(problemOf({ jobs: [job('sweep', { run }), job('sweep', { run })] }).slice(0, 2)).toEqual([
      'job.duplicate',
      'The job "sweep" is declared by "branch" and by "branch".',
    ])
    expect(problemOf({ commands: [command('sweep', { help: '', run }), command('sweep', { help: '', run })] })[0]).toBe('command.duplicate')
    expect(problemsOf(branch({ settings: [settings('Lending', z.object({ days: z.int() }))] }))).toEqual([])
  })
})
