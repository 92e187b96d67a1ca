import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createAssets } from './assets.ts'
import { cellHtml } from './cells.ts'
import * as samples from './gallery/samples.ts'
import { safeHref } from './html.ts'
import { createRenderer } from './render.ts'
import type { Cell, Field, FormScreen, Screens } from './screens.ts'
import { layoutOf } from './table.ts'

const here = (path: string) => new URL(path, import.meta.url)
const templates = readdirSync(here('templates/')).map((name) => ({ name, source: readFileSync(here(`templates/${name}`), 'utf8') }))
const catalogue = JSON.parse(readFileSync(here('texts/en.json'), 'utf8')) as Record<string, string>
const assets = createAssets({ icons: samples.moduleIcons })
const renderer = createRenderer((code, values = {}) => `${catalogue[code] ?? code} ${Object.values(values).join(' ')}`.trim(), assets)

const hostile = `"><img src=x onerror=alert(1)>'</textarea></option></script>{{this}}`
const script = 'java\nscript:alert(1)'

/** Everything a browser would take for markup of the attacker. */
const breakout = /<img|<\/textarea><\/option>|href="\s*java|onerror=alert\(1\)>/

describe('Cells', () => {
  const cells: readonly Cell[] = [
    { as: 'text', text: hostile, title: hostile, icon: hostile, after: { icon: hostile, text: hostile, label: hostile } },
    { as: 'text', text: hostile, long: true },
    { as: 'text', text: hostile, code: true },
    { as: 'number', shown: hostile, title: hostile },
    { as: 'date', iso: hostile, shown: hostile, title: hostile },
    { as: 'link', label: hostile, href: hostile },
    { as: 'link', label: hostile, href: script },
    { as: 'person', name: hostile, initials: hostile, href: script, title: hostile },
    { as: 'status', label: hostile, category: 'open', title: hostile },
    { as: 'level', level: 2, label: hostile },
    { as: 'badge', label: hostile, icon: hostile, title: hostile },
    { as: 'tags', tags: [hostile, hostile] },
    { as: 'boolean', value: true, label: hostile },
    { as: 'empty', label: hostile },
    { as: 'empty', like: 'person', label: hostile },
  ]

  it.each(cells.map((cell) => [cell.as, cell] as const))('escape a hostile %s', (_, cell) => {
    expect(cellHtml(cell)).not.toMatch(breakout)
    expect(cellHtml(cell, true)).not.toMatch(breakout)
  })

  it('tell the outcome of a closed status by its glyph', () => {
    expect(cellHtml({ as: 'status', label: 'Unresolved', category: 'closed', outcome: 'failure' })).toContain('#failure')
    expect(cellHtml({ as: 'status', label: 'Resolved', category: 'closed' })).toContain('#success')
  })
})

describe('Links', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:x',
    'java\tscript:x',
    ' \u0001javascript:x',
    'data:text/html,x',
    'vbscript:x',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
  ])('refuse %j', (href) => expect(safeHref(href)).toBeUndefined())

  it.each(['/tickets?q=a:b', '?page=2', '#errors', 'https://example.org/a', 'mailto:ana@example.org', 'tel:+491234'])('allow %j', (href) =>
    expect(safeHref(href)).toBe(href),
  )

  it('lead nowhere from a template when the address is refused', () => {
    const html = renderer.page('list', { ...samples.list, views: samples.list.views.map((view) => ({ ...view, href: script })) })
    expect(html).not.toMatch(/java\s*script:/)
  })
})

describe('Forms', () => {
  const head = {
    name: 'field',
    label: hostile,
    help: hostile,
    error: hostile,
    origin: hostile,
    required: true,
    fixes: [{ label: hostile, value: hostile }],
  }
  const option = { value: hostile, label: hostile }
  const fields: readonly Field[] = [
    { ...head, kind: 'text', value: hostile, placeholder: hostile },
    { ...head, kind: 'textarea', value: hostile },
    { ...head, kind: 'number', value: hostile, unit: hostile },
    { ...head, kind: 'date', value: hostile },
    { ...head, kind: 'datetime', value: hostile },
    { ...head, kind: 'checkbox', value: true },
    { ...head, kind: 'select', value: hostile, options: [option] },
    {
      ...head,
      kind: 'relation',
      value: 'x',
      options: [option],
      search: script,
      create: script,
      chosen: { label: hostile, href: script, initials: hostile },
    },
    { ...head, kind: 'tags', options: [{ ...option, chosen: true }], search: script },
    { ...head, kind: 'readonly', cell: { as: 'link', label: hostile, href: script } },
  ]
  const withField = (field: Field): FormScreen => ({ ...samples.formErrors, groups: [{ name: 'all', fields: [field] }] })

  it.each(fields.map((field) => [field.kind, field] as const))('escape a hostile %s', (_, field) => {
    const html = renderer.page('form', withField(field))
    expect(html).not.toMatch(breakout)
    expect(html).not.toMatch(/java\s*script:/)
  })

  it('link each entry of the error summary to a field that is there', () => {
    const html = renderer.page('form', samples.formErrors)
    for (const { field } of samples.formErrors.errors!.items) {
      expect(html).toContain(`href="#f-${field}"`)
      expect(html).toContain(`id="f-${field}"`)
    }
  })

  it('escape hostile messages, and ways to send them', () => {
    const at = { iso: hostile, shown: hostile, title: hostile }
    const who = { name: hostile, initials: hostile }
    const html = renderer.page('form', {
      ...samples.form,
      conversation: {
        kinds: true,
        days: [
          {
            label: hostile,
            entries: (['message', 'reply', 'note', 'changed'] as const).map((is) => ({
              is,
              at,
              who,
              door: hostile,
              text: hostile,
              changes: [{ field: hostile, old: hostile, new: hostile }],
            })),
          },
        ],
        say: [
          {
            name: hostile,
            label: hostile,
            hotkey: hostile,
            internal: true,
            action: script,
            choice: { name: hostile, options: [{ value: hostile, label: hostile }] },
          },
        ],
      },
    })
    expect(html).not.toMatch(breakout)
    expect(html).not.toMatch(/java\s*script:/)
  })

  it('keep a chosen record that is not among the options', () => {
    const html = renderer.page('form', samples.form)
    expect(html).toContain('<option value="7" selected>Fatou Camara</option>')
  })

  it('send the version that was read', () => {
    expect(renderer.page('form', samples.form)).toContain('name="_version" value="6"')
  })

  it('keep a first line break of a long text', () => {
    const html = renderer.page('form', withField({ name: 'text', label: 'Text', kind: 'textarea', value: '\nsecond line' }))
    expect(html).toMatch(/<textarea[^>]*>\n\nsecond line/)
  })
})

describe('Pages', () => {
  const pages: readonly [keyof Screens, string][] = [
    ['list', renderer.page('list', samples.listSelected)],
    ['form', renderer.page('form', samples.formConflict)],
    ['kanban', renderer.page('kanban', samples.kanban)],
    ['sign-in', renderer.page('sign-in', samples.signInWrong)],
    ['first-run', renderer.page('first-run', samples.firstRun)],
    ['code', renderer.page('code', samples.codeWrong)],
    ['proof', renderer.page('proof', samples.proof)],
    ['error', renderer.page('error', samples.problem(500, false))],
    ['confirm', renderer.page('confirm', samples.confirm)],
  ]

  it.each(pages)('of %s have no style attribute, no handler, no inline script, no address with a script', (_, html) => {
    expect(html).not.toMatch(/\sstyle\s*=/)
    expect(html).not.toMatch(/<style/)
    expect(html).not.toMatch(/\son[a-z]+\s*=/)
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
  })

  it.each(pages)('of %s have each id once', (_, html) => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('and fragments come from the same partial', () => {
    const main = (html: string) => html.slice(html.indexOf('<main'), html.indexOf('</main>'))
    expect(main(renderer.fragment('list', samples.list))).toBe(main(renderer.page('list', samples.list)))
    expect(renderer.fragment('list', samples.list)).toMatch(/^<title>Tickets · Larkfield City<\/title>/)
  })

  it('use only icons that the sprite has', () => {
    const sprite = assets.files.get(assets.url('icons.svg'))!.body.toString()
    for (const [, html] of pages) {
      for (const [, name] of html.matchAll(/icons\.svg#([^"]+)"/g)) expect(sprite).toContain(`id="${name}"`)
    }
  })
})

describe('A list on a phone', () => {
  it('shows number and state first, then the title, then status and person', () => {
    const { cellClasses } = layoutOf(samples.list.table)
    expect(cellClasses.map((classes) => classes.split(' ')[0])).toEqual([
      'at-top-start',
      'at-top-start',
      'at-title',
      'at-hidden',
      'at-bottom-start',
      'at-top-end',
      'at-bottom-end',
      'at-hidden',
    ])
  })
})

describe('Catalogues', () => {
  const placeholdersOf = (message: string) => [...new Set([...message.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort()

  it.each(['fr', 'ar'])('say everything in %s, with the same placeholders', (locale) => {
    const translated = JSON.parse(readFileSync(here(`texts/${locale}.json`), 'utf8')) as Record<string, string>
    for (const [code, message] of Object.entries(catalogue))
      expect([code, placeholdersOf(translated[code] ?? '')]).toEqual([code, placeholdersOf(message)])
  })
})

describe('Templates', () => {
  it.each(templates)('$name has no style attribute, no inline handler and no unescaped value', ({ source }) => {
    expect(source).not.toMatch(/\sstyle=|\son[a-z]+=|hx-on|\{\{\{/)
  })

  it('use only codes of the catalogue, and the catalogue has no code that nothing uses', () => {
    const sourcesIn = (folder: string) =>
      readdirSync(here(folder))
        .filter((name) => !name.includes('.test.'))
        .map((name) => folder + name)
    const folders = ['server/', 'builder/', 'dashboard/', 'exchange/', 'figures/', 'importing/', 'jobs/', 'runs/'].flatMap(sourcesIn)
    const files = ['render.ts', 'helpers.ts', 'icons.ts', 'latest.ts', 'period.ts', 'placeholders.ts', 'working-day.ts', ...folders].map(
      (name) => readFileSync(here(name), 'utf8'),
    )
    const sources = [...templates.map(({ source }) => source), ...files].join('\n')
    const used = new Set([...sources.matchAll(/'(web\.[a-z0-9_]*[a-z0-9])'/g)].map(([, code]) => code!))
    for (const code of used) expect(catalogue, code).toHaveProperty([code])
    const scripts = readdirSync(here('client/')).map((name) => readFileSync(here(`client/${name}`), 'utf8'))
    for (const code of Object.keys(catalogue)) {
      const said = code.startsWith('web.client_') && scripts.some((text) => text.includes(`'${code.slice('web.client_'.length)}'`))
      const composed =
        /^web\.((builder_op|grain|error_\d+|view|door|conflict|developer_did|developer_kind|chart|measure|run_state|tone|encoding|range|card_as|card_width)_|card_(up|down|same)$|(created|changed)_at_by$)|^(savedView|dashboard|exportTemplate|bulkRun|importRun|importRefusal|settings|route)\./.test(
          code,
        )
      expect(used.has(code) || said || composed, `${code} is used`).toBe(true)
    }
  })
})
