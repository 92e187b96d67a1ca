import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, form, type Model, menu, p, patch, patchView, permission, route, settings } from '@tessera/core'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { action, Book, bookForm, branch, composed, defineModel, extend, reader } from '../../test/fixtures/module-library.ts'
import type { BootProblem } from '../errors.ts'
import type { LoadedModule } from '../module/composition.ts'
import { defineModule } from '../module/module.ts'
import { codeOf, labelOf } from './codes.ts'
import { loadTexts } from './texts.ts'
import { fallbacks, translator } from './translator.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-texts-'))
afterAll(() => rmSync(root, { recursive: true }))

function withTexts(name: string, catalogues: Record<string, unknown>): LoadedModule {
  const folder = join(root, `${name}-${Math.random()}`)
  mkdirSync(join(folder, 'texts'), { recursive: true })
  for (const [file, content] of Object.entries(catalogues)) {
    writeFileSync(join(folder, 'texts', file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const found = { name, version: '1.0.0', description: '', folder, kind: 'module' as const, depends: [] }
  return { package: found, declaration: defineModule({ name }) }
}
function loaded(...modules: LoadedModule[]) {
  const problems: BootProblem[] = []
  return { texts: loadTexts(modules, problems), problems }
}

describe('catalogues', () => {
  test('are read from each module, the later module winning', () => {
    const { texts, problems } = loaded(
      withTexts('a', { 'en.json': { 'a.x': 'One', 'a.y': 'Two' } }),
      withTexts('b', { 'en.json': { 'a.x': 'Uno' }, 'fr.json': { 'a.x': 'Un' } }),
    )
    expect(problems).toEqual([])
    expect([...texts.get('en')!]).toEqual([
      ['a.x', 'Uno'],
      ['a.y', 'Two'],
    ])
    expect(texts.get('fr')?.get('a.x')).toBe('Un')
  })

  test('that are broken are told, each with its file', () => {
    const { problems } = loaded(
      withTexts('a', {
        'de.json': '{',
        'english.json': {},
        'en.json': ['x'],
        'fr.json': { one: 1, two: 'Vous avez {n, plural, one {un}}', three: 'Bien' },
      }),
    )
    expect(problems.map(({ code, sentence }) => [code, sentence.replace(/: [A-Z][^:]*\.$/, ': …')])).toEqual([
      ['texts.broken', 'The catalogue cannot be read: …'],
      ['texts.broken', 'The catalogue is no object of codes and messages.'],
      [
        'texts.unknown_locale',
        'The catalogue "english.json" of "a" is named after no language: "english" is no BCP 47 tag such as fr or fr-CA.',
      ],
      ['texts.no_message', 'The message of "one" is no text.'],
      ['texts.no_message', `The message of "two" is not written in ICU's message format: …`],
    ])
    expect(problems.every(({ module, file }) => module === 'a' && file?.includes('/texts/'))).toBe(true)
  })
})

describe('a translator', () => {
  const texts = new Map([
    [
      'en',
      new Map([
        ['plain', "It's {not} quoted".replace('{not} ', '')],
        ['greet', 'Hello {name}'],
        ['count', '{n, plural, one {# book} other {# books}}'],
        ['only', 'English'],
        ['torn', 'Hello {name'],
      ]),
    ],
    [
      'fr',
      new Map([
        ['greet', 'Bonjour {name}'],
        ['count', '{n, plural, one {# livre} other {# livres}}'],
      ]),
    ],
    ['fr-CA', new Map([['greet', 'Allô {name}']])],
  ])
  const text = translator(texts)

  test('falls back from the region to the language to English to the code', () => {
    expect(fallbacks('fr-CA')).toEqual(['fr-CA', 'fr', 'en'])
    expect(fallbacks('en-GB')).toEqual(['en-GB', 'en'])
    expect(text('fr-CA', 'greet', { name: 'Zoé' })).toBe('Allô Zoé')
    expect(text('fr-BE', 'greet', { name: 'Zoé' })).toBe('Bonjour Zoé')
    expect(text('fr-CA', 'only')).toBe('English')
    expect(text('sw', 'nobody.wrote.this')).toBe('nobody.wrote.this')
  })

  test('counts as the language of the message does', () => {
    expect(text('en', 'count', { n: 0 })).toBe('0 books')
    expect(text('fr-CA', 'count', { n: 0 })).toBe('0 livre')
    expect(text('en', 'count', { n: 12_345 })).toBe('12,345 books')
  })

  test('never fails: what is missing or torn stays visible', () => {
    expect(text('en', 'greet')).toBe('Hello {name}')
    expect(text('en', 'torn', { name: 'Ann' })).toBe('Hello {name')
    expect(text('en', 'greet', { name: ['Ann', 'Bo'] })).toBe('Hello Ann,Bo')
    expect(text('en', 'plain')).toBe("It's quoted")
    expect(text('not a locale', 'only')).toBe('English')
  })
})

describe('the English of declarations', () => {
  const lend = action(Book, 'lend', { label: 'Lend', help: 'Hand it out', run: () => undefined })
  const shop = branch(
    {
      actions: [lend],
      extends: [
        extend(
          Book,
          { note: p.string().nullable() },
          {
            label: 'Volume',
            fields: { note: { label: 'Remark {odd}', help: 'For the staff' }, state: { options: { in: 'On the shelf' } } },
            checks: { thin: { holds: { pages: { $lt: 900 } }, else: '"{name}" is too thick.' } },
          },
        ),
      ],
      views: [
        patchView(bookForm, { set: 'name', to: { label: 'Title' } }),
        patch(Book, { list: { set: 'name', to: { label: 'Book' } }, search: { groups: ['author.country'] } }),
      ],
      menus: [menu('Old & rare books')],
      routes: [
        route('GET /open', { may: permission('shop.open', 'Open the shop'), summary: 'Whether it is open', run: () => undefined }),
        route('GET /open/:day', { may: permission('shop.open', 'Open the shop'), run: () => undefined }),
      ],
      commands: [command('shop close', { help: 'close {all of} it', run: () => undefined })],
      settings: [
        settings(
          'Opening hours',
          z.object({ opensAt: z.number().default(9).describe('The hour'), mode: z.enum(['on', 'off']).default('on') }),
        ),
      ],
    },
    'shop',
  )
  const composition = composed(shop)
  const text = translator(composition.texts)

  test.each([
    ['book.model', 'Volume'],
    ['book.plural', 'Volumes'],
    ['book.field.dueAt', 'Due at'],
    ['book.field.note', 'Remark {odd}'],
    ['book.field.note.help', 'For the staff'],
    ['book.field.state.in', 'On the shelf'],
    ['book.field.state.lost', 'Lost'],
    ['book.action.lend', 'Lend'],
    ['book.action.lend.help', 'Hand it out'],
    ['book.filter.lent', 'Lent'],
    ['book.grouping.author', 'Author'],
    ['book.grouping.author.country', 'Author, country'],
    ['book.grouping.dueAt:month', 'Due at, by month'],
    ['book.group.origin', 'Origin'],
    ['book.group.lending', 'Lending'],
    ['book.form.name', 'Title'],
    ['book.list.name', 'Book'],
    ['access.role.reader', 'Reader'],
    ['access.permission.shop.open', 'Open the shop'],
    ['menu.shop.old-rare-books', 'Old & rare books'],
    ['route.shop.get-open', 'Whether it is open'],
    ['route.shop.get-open-day', 'route.shop.get-open-day'],
    ['command.shop.shop-close', 'close {all of} it'],
    ['settings.shop.opening-hours', 'Opening hours'],
    ['settings.shop.opening-hours.opensAt', 'Opens at'],
    ['settings.shop.opening-hours.opensAt.help', 'The hour'],
    ['settings.shop.opening-hours.mode.off', 'Off'],
  ])('%s is "%s"', (code, english) => {
    expect(text('sw', code)).toBe(english)
  })

  test('fills the sentence of a check', () => {
    expect(text('en', 'book.thin', { name: 'Ulysses' })).toBe('"Ulysses" is too thick.')
  })

  test('labels what has a label', () => {
    const say = (code: string) => text('en', code)
    const book = composition.models.of(Book)
    expect(labelOf(book, say)).toBe('Volume')
    expect(labelOf(book.fields.get('dueAt')!, say)).toBe('Due at')
    expect(labelOf(lend, say)).toBe('Lend')
    expect(labelOf(reader, say)).toBe('Reader')
    expect(composition.menus.map(codeOf)).toEqual(['menu.shop.old-rare-books'])
    expect(codeOf(permission('shop.open', 'x'))).toBe('access.permission.shop.open')
  })

  test('a field or group of a generated view has its texts too', () => {
    const Film: Model = defineModel('film', { title: p.string(), length: p.integer() })
    const films = translator(
      composed(
        defineModule({ name: 'films', models: [Film], views: [form(Film, [{ group: 'main', label: 'The main thing', of: ['title'] }])] }),
      ).texts,
    )
    expect(films('en', 'film.group.main')).toBe('The main thing')
  })
})
