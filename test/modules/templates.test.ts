/** A module puts its own template in place of another's, by name. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createApp } from '../../core/app.ts'
import { BootFailure } from '../../core/errors.ts'
import { compose } from '../../core/module/compose.ts'
import type { Composition, Package } from '../../core/module/composition.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { type TestApp, testConfig, testDatabase, testFolder } from '../../core/testing/index.ts'
import { listening } from '../../core/testing/listening.ts'
import { overriddenBy } from '../../core/view/templates.ts'
import { visitorAs, wordsOf } from '../../modules/web/server/visitor.ts'

let root: string
let packages: readonly Package[]
beforeAll(async () => {
  root = await testFolder('templates')
  await symlink(join(process.cwd(), 'node_modules'), join(root, 'node_modules'))
  packages = await discover(process.cwd(), [])
})
afterAll(() => rm(root, { recursive: true }))

/** An addon in a folder of its own. */
interface Written {
  readonly name: string
  readonly depends: readonly string[]
  readonly files: Readonly<Record<string, string>>
}
let places = 0

/** The portal with these addons beside it, composed. */
async function withAddons(...addons: readonly Written[]): Promise<Composition> {
  const place = join(root, `place-${++places}`)
  for (const { name, depends, files } of addons) {
    const dependencies = Object.fromEntries(depends.map((each) => [`@tessera/${each}`, '*']))
    const imports = depends.map((each, at) => `import m${at} from '@tessera/${each}'`)
    const written = {
      'package.json': JSON.stringify({ name: `@tessera/${name}`, version: '0.1.0', type: 'module', exports: './index.ts', dependencies }),
      'index.ts': `${["import { defineModule } from '@tessera/core'", ...imports].join('\n')}\nexport default defineModule({ name: '${name}', depends: [${depends.map((_, at) => `m${at}`)}] })\n`,
      ...files,
    }
    for (const [file, text] of Object.entries(written)) {
      const path = join(place, 'addons', name, file)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
  }
  await mkdir(join(place, 'node_modules/@tessera'), { recursive: true })
  for (const { name } of addons) await symlink(join(place, 'addons', name), join(place, 'node_modules/@tessera', name))
  const all = [...packages, ...(await discover(place, []))]
  return compose(await loadModules(all, ['portal', ...addons.map(({ name }) => name)]))
}

async function problemsWith(...addons: readonly Written[]) {
  const failure = await withAddons(...addons).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(BootFailure)
  return (failure as BootFailure).problems.map(({ file, ...problem }) => ({ ...problem, file: file?.replace(/^.*\/addons\//, '') }))
}

const home = 'templates/portal/home.hbs'

describe('An override of a template', () => {
  let app: TestApp
  beforeAll(async () => {
    const database = await testDatabase(inject('postgresUrl'))
    const fixture: Package = {
      name: 'warm-welcome',
      version: '0.1.0',
      description: '',
      folder: join(process.cwd(), 'test/fixtures/warm-welcome'),
      kind: 'addon',
      depends: ['portal'],
    }
    const loaded = await loadModules([...packages, fixture], ['warm-welcome'])
    const created = await createApp(loaded, { url: database.url, config: testConfig(), log: pino({ level: 'silent' }), version: 'test' })
    await created.install()
    app = listening(created, () => database.drop())
  })
  afterAll(() => app.close())

  test('is what people see, with what was there before it where it says so', async () => {
    const customer = await visitorAs(app, 'customer')
    const { html } = await customer.get('/my')
    expect(wordsOf(html)).toContain('We answer on working days from nine to five.')
    expect(html.match(/class="p-start"/g)).toHaveLength(1)
    const icons = await customer.get(/href="([^"]*icons\.svg)#/.exec(html)?.[1] ?? '')
    expect(icons.html).toContain('id="clock-hour-9"')
  })

  test('goes with its module', async () => {
    const composition = compose(await loadModules(packages, ['portal']))
    expect(composition.templates.find(({ name }) => name === 'home')?.layers).toHaveLength(1)
  })
})

test('Of two modules that override the same template the one is shown that depends on the other', async () => {
  const { templates } = await withAddons(
    { name: 'zephyr', depends: ['portal'], files: { [home]: 'Z' } },
    { name: 'breeze', depends: ['portal', 'zephyr'], files: { [home]: 'B{{> portal/home}}' } },
  )
  const found = templates.find(({ owner, name }) => owner === 'portal' && name === 'home')
  expect(found?.layers.map(({ module }) => module)).toEqual(['portal', 'zephyr', 'breeze'])
  expect(overriddenBy({ templates }, 'breeze')).toEqual(['portal/home'])
})

test('Two that do not know each other are refused', async () => {
  expect(
    await problemsWith(
      { name: 'breeze', depends: ['portal'], files: { [home]: 'B' } },
      { name: 'zephyr', depends: ['portal'], files: { [home]: 'Z' } },
    ),
  ).toEqual([
    {
      code: 'template.two_overrides',
      module: 'zephyr',
      sentence: '"breeze" and "zephyr" both override the template "home" of "portal", and neither depends on the other.',
      hint: 'Let "zephyr" depend on "breeze" if its template is to be shown, or keep one of the two.',
      file: `zephyr/${home}`,
    },
  ])
})

test('An override of a template that is not there is refused with what was meant', async () => {
  expect(await problemsWith({ name: 'breeze', depends: ['portal'], files: { 'templates/portal/hom.hbs': 'B' } })).toMatchObject([
    {
      code: 'template.override_of_nothing',
      sentence: '"breeze" overrides the template "hom" of "portal", which has no such template.',
      hint: 'Did you mean "home"?',
      file: 'breeze/templates/portal/hom.hbs',
    },
  ])
})

test('Templates of a module on which one does not depend are out of reach', async () => {
  expect(await problemsWith({ name: 'breeze', depends: ['portal'], files: { 'templates/portl/home.hbs': 'B' } })).toMatchObject([
    {
      code: 'template.no_dependency',
      sentence: '"breeze" has templates in templates/portl, but does not depend on a module "portl".',
      hint: 'Did you mean "portal"?',
    },
  ])
})

test('A template that does not compile is named with its line, and so is what it names and nobody has', async () => {
  const files = {
    [home]: '<p>\n{{#if name}}\n</p>{{/each}}\n',
    'templates/portal/head.hbs': '<p>\n\n{{> portal/hed}}{{icn "home"}}</p>',
    'templates/portal/sent.hbs': '<p>{{t "portal.sent"</p>',
  }
  expect(await problemsWith({ name: 'breeze', depends: ['portal'], files })).toEqual([
    {
      code: 'template.broken',
      module: 'breeze',
      sentence: `The template "portal/head" of "breeze" names the partial "portal/hed", which is not there.`,
      hint: 'Did you mean "portal/head"?',
      file: 'breeze/templates/portal/head.hbs:3',
    },
    {
      code: 'template.broken',
      module: 'breeze',
      sentence: 'The template "portal/head" of "breeze" names the helper "icn", which is not there.',
      hint: 'Did you mean "icon"?',
      file: 'breeze/templates/portal/head.hbs:3',
    },
    {
      code: 'template.broken',
      module: 'breeze',
      sentence: `The template "portal/home" of "breeze" does not compile: if doesn't match each.`,
      file: 'breeze/templates/portal/home.hbs:2',
    },
    {
      code: 'template.broken',
      module: 'breeze',
      sentence: 'The template "portal/sent" of "breeze" does not compile near "<p>{{t "portal.sent"</p>".',
      file: 'breeze/templates/portal/sent.hbs:1',
    },
  ])
})
