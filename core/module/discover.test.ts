import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { BootFailure, type BootProblem } from '../errors.ts'
import { checkDependencies } from './check-dependencies.ts'
import { compose } from './compose.ts'
import { discover } from './discover.ts'
import { moduleGraph, moduleGraphText } from './graph.ts'
import { importsOf } from './imports.ts'
import { loadModules } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-discover-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
/** A deployment made of files; a package is written as the names that it depends on. */
function deployment(files: Record<string, string | readonly string[]>): string {
  const root = join(folder, String(count++))
  mkdirSync(root)
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, typeof content === 'string' ? path : join(path, 'package.json'))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : manifest(path, content))
  }
  return root
}
function manifest(path: string, depends: readonly string[]): string {
  const dependencies = Object.fromEntries(['core', ...depends].map((name) => [`@tessera/${name}`, '1.0.0']))
  return JSON.stringify({ name: `@tessera/${path.split('/').at(-1)}`, version: '1.0.0', description: path, dependencies })
}
/** A declaration without core, so that the files need nothing installed. */
const declares = (name: string, rest = '', imports = '') =>
  `${imports}\nexport default { kind: 'module', name: '${name}', depends: [], models: [], roles: [], services: {}, data: [], settings: [], routes: [], pages: [], commands: [], jobs: [], migrations: [], extras: {}, checks: [], extends: [], views: [], permissions: [], actions: [], overrides: {}, menus: [], cards: [], events: [], ${rest} }\n`

async function problemsOf(work: Promise<unknown>): Promise<readonly BootProblem[]> {
  try {
    await work
    return []
  } catch (error) {
    if (error instanceof BootFailure) return error.problems
    throw error
  }
}

describe('discovery', () => {
  test('reads modules, addons and named npm packages by their package.json, and imports nothing', async () => {
    const root = deployment({
      'modules/stock': [],
      'modules/stock/index.ts': 'throw new Error("imported")',
      'addons/shop': ['stock'],
      'modules/left-over/node_modules/.keep': '',
      'node_modules/@acme/mail/package.json': JSON.stringify({
        name: '@acme/mail',
        version: '2.0.0',
        author: 'Ada <ada@example.org>',
        tessera: { title: 'Mail', icon: 'mail' },
        dependencies: { '@tessera/shop': '1', zod: '4' },
      }),
    })
    expect(await discover(root, ['@acme/mail'])).toEqual([
      {
        name: '@acme/mail',
        version: '2.0.0',
        description: '',
        title: { en: 'Mail' },
        author: 'Ada',
        icon: 'mail',
        folder: join(root, 'node_modules/@acme/mail'),
        kind: 'addon',
        depends: ['shop'],
      },
      { name: 'shop', version: '1.0.0', description: 'addons/shop', folder: join(root, 'addons/shop'), kind: 'addon', depends: ['stock'] },
      { name: 'stock', version: '1.0.0', description: 'modules/stock', folder: join(root, 'modules/stock'), kind: 'module', depends: [] },
    ])
  })

  test('finds a package once that npm links into node_modules', async () => {
    const root = deployment({ 'modules/stock': [], 'node_modules/.keep': '' })
    symlinkSync(join(root, 'modules/stock'), join(root, 'node_modules/stock'))
    expect((await discover(root, ['stock'])).map(({ name }) => name)).toEqual(['stock'])
  })

  test('finds nothing in a folder without modules', async () => {
    expect(await discover(deployment({}), [])).toEqual([])
  })

  test('reads titles and summaries by language, of which English has to be there', async () => {
    const about = (name: string, tessera: object) => JSON.stringify({ name: `@tessera/${name}`, description: 'Lends bikes', tessera })
    const title = { en: 'Bike fleet', fr: 'Parc de vélos' }
    const summary = { fr: 'Prête des vélos' }
    const root = deployment({ 'modules/bikes/package.json': about('bikes', { title, summary }) })
    expect(await discover(root, [])).toMatchObject([{ name: 'bikes', description: 'Lends bikes', title, summary }])
    const wrong = deployment({ 'modules/bikes/package.json': about('bikes', { title: { fr: 'Parc de vélos' } }) })
    expect(await problemsOf(discover(wrong, []))).toMatchObject([
      { code: 'module.broken_package', sentence: 'The package.json has a wrong "tessera.title": it has no "en".' },
    ])
  })

  test('names every package.json that is broken, each name that two have, and each package that is not there', async () => {
    const root = deployment({
      'modules/torn/package.json': '{ "name": ',
      'modules/nameless/package.json': '{ "version": "1.0.0" }',
      'modules/stock': [],
      'addons/stock': [],
    })
    const problems = await problemsOf(discover(root, ['tessera-mail']))
    expect(problems.map(({ code }) => code)).toEqual([
      'module.missing_package',
      'module.broken_package',
      'module.broken_package',
      'module.duplicate',
    ])
    expect(problems[0]).toMatchObject({
      sentence: 'config/tessera.ts names the package "tessera-mail", which is not in node_modules.',
      hint: 'Run: npm install tessera-mail',
    })
    expect(problems[1]?.sentence).toMatch(/^The package\.json has a wrong "name": /)
    expect(problems[2]?.sentence).toMatch(/^The package\.json cannot be read: /)
    expect(problems[2]?.file).toBe(join(root, 'modules/torn/package.json'))
    expect(problems[3]?.sentence).toBe(
      `Two packages have the name "@tessera/stock": ${join(root, 'modules/stock')} and ${join(root, 'addons/stock')}.`,
    )
  })
})

describe('loading', () => {
  test('imports what is wanted and all it depends on, in order, ties by name', async () => {
    const root = deployment({
      'modules/base': [],
      'modules/base/index.ts': declares('base'),
      'modules/zebra': ['base'],
      'modules/zebra/index.ts': declares('zebra'),
      'modules/ant': ['base'],
      'modules/ant/index.ts': declares('ant'),
      'modules/unused': [],
      'modules/unused/index.ts': 'throw new Error("imported")',
      'addons/farm': ['zebra', 'ant'],
      'addons/farm/index.ts': declares('farm'),
    })
    const loaded = await loadModules(await discover(root, []), ['farm'])
    expect(loaded.map(({ declaration }) => declaration.name)).toEqual(['base', 'ant', 'zebra', 'farm'])
  })

  test('says which chain of modules needs one that is missing', async () => {
    const packages = await discover(deployment({ 'addons/shop': ['stock'], 'modules/stock': ['unitz'], 'modules/units': [] }), [])
    expect(await problemsOf(loadModules(packages, ['shop']))).toEqual([
      {
        code: 'module.missing_dependency',
        module: 'stock',
        sentence:
          'shop needs stock, stock needs unitz, which is neither in modules/ nor in addons/ nor among the packages of config/tessera.ts.',
        hint: 'Did you mean "units"?',
      },
    ])
  })

  test('says that a module to be installed does not exist', async () => {
    const packages = await discover(deployment({ 'modules/stock': [] }), [])
    expect(await problemsOf(loadModules(packages, ['stokc']))).toMatchObject([
      {
        code: 'module.unknown',
        sentence:
          'The module "stokc" is to be installed, but is neither in modules/ nor in addons/ nor among the packages of config/tessera.ts.',
        hint: 'Did you mean "stock"?',
      },
    ])
  })

  test('takes a built package by what it exports, and its peer dependencies as what it needs', async () => {
    const about = { name: 'post', version: '1.0.0', exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } }
    const files = {
      'modules/stock': [],
      'modules/stock/index.ts': declares('stock'),
      'node_modules/post/package.json': JSON.stringify({ ...about, peerDependencies: { '@tessera/core': '1', '@tessera/stock': '1' } }),
    }
    const root = deployment({ ...files, 'node_modules/post/dist/index.js': declares('post') })
    const packages = await discover(root, ['post'])
    expect(packages[0]).toMatchObject({ name: 'post', entry: './dist/index.js', depends: ['stock'] })
    expect((await loadModules(packages, ['post'])).map(({ declaration }) => declaration.name)).toEqual(['stock', 'post'])
    expect(await problemsOf(discover(deployment(files), ['post']).then((found) => loadModules(found, ['post'])))).toMatchObject([
      { code: 'module.no_declaration', sentence: 'The module "post" exports ./dist/index.js, which is not there.' },
    ])
  })

  test('refuses a package that brings a core of its own', async () => {
    const root = deployment({
      'node_modules/post/package.json': JSON.stringify({ name: 'post', dependencies: { '@tessera/core': '1' } }),
      'node_modules/post/index.js': declares('post'),
      'node_modules/post/node_modules/@tessera/core/package.json': JSON.stringify({ name: '@tessera/core', exports: './index.js' }),
      'node_modules/post/node_modules/@tessera/core/index.js': '',
    })
    const own = join(root, 'node_modules/post/node_modules/@tessera/core/index.js')
    expect(await problemsOf(loadModules(await discover(root, ['post']), ['post']))).toMatchObject([
      {
        code: 'module.second_copy',
        module: 'post',
        sentence: `"post" would load another "core" than everybody else: ${own}.`,
        hint: 'Its package.json must name @tessera/core under peerDependencies, in a range that ours is in.',
      },
    ])
  })

  test('shows a cycle as a path', async () => {
    const packages = await discover(deployment({ 'modules/a': ['b'], 'modules/b': ['c'], 'modules/c': ['a'] }), [])
    expect(await problemsOf(loadModules(packages, ['a']))).toMatchObject([
      { code: 'module.cycle', module: 'a', sentence: 'Modules need each other in a circle: a needs b, b needs c, c needs a.' },
    ])
  })

  test('names every module that does not load or is not what its package.json says', async () => {
    const root = deployment({
      'modules/a': [],
      'modules/a/index.ts': 'throw new Error("no luck")',
      'modules/b': [],
      'modules/b/index.ts': declares('bee'),
      'modules/c': [],
      'modules/c/index.ts': 'export default {}',
      'modules/d': [],
    })
    const problems = await problemsOf(loadModules(await discover(root, []), ['a', 'b', 'c', 'd']))
    expect(problems[0]?.file).toBe(join(root, 'modules/a/index.ts:1'))
    expect(problems.map(({ code, sentence }) => [code, sentence])).toEqual([
      ['module.broken', 'The module "a" cannot be loaded: no luck'],
      ['module.no_declaration', 'The module "b" declares itself as "bee", but its package.json says "b".'],
      ['module.no_declaration', 'The module "c" has no default export made with defineModule.'],
      ['module.no_declaration', 'The module "d" has neither index.ts nor index.js to declare it.'],
    ])
  })

  test('an extra applies only where its module is in the set, which then comes first', async () => {
    const root = deployment({
      'addons/alpha': [],
      'addons/alpha/index.ts': declares('alpha', `extras: { zeta: () => import('./with-zeta.ts') }`),
      'addons/alpha/with-zeta.ts': `export default { menus: [{ kind: 'menu', label: 'Both' }], overrides: { clock: (Parent) => class extends Parent {} } }`,
      'addons/zeta': [],
      'addons/zeta/index.ts': declares('zeta', 'services: { clock: class {} }'),
    })
    const packages = await discover(root, [])
    const alone = await loadModules(packages, ['alpha'])
    expect(alone.map(({ declaration }) => [declaration.name, declaration.menus.length])).toEqual([['alpha', 0]])
    const both = await loadModules(packages, ['alpha', 'zeta'])
    expect(both.map(({ declaration }) => [declaration.name, declaration.menus.length])).toEqual([
      ['zeta', 0],
      ['alpha', 1],
    ])
    expect(Object.keys(both[1]?.declaration.overrides ?? {})).toEqual(['clock'])
  })

  test('an extra for a module that needs the one with the extra makes no cycle', async () => {
    const root = deployment({
      'modules/low': [],
      'modules/low/index.ts': declares('low', `extras: { high: () => import('./with-high.ts') }`),
      'modules/low/with-high.ts': 'export default { menus: [] }',
      'modules/high': ['low'],
      'modules/high/index.ts': declares('high'),
    })
    const loaded = await loadModules(await discover(root, []), ['high'])
    expect(loaded.map(({ declaration }) => declaration.name)).toEqual(['low', 'high'])
  })

  test('an extra that does not load is a problem of its module', async () => {
    const root = deployment({
      'modules/low': [],
      'modules/low/index.ts': declares('low', `extras: { high: () => import('./with-high.ts') }`),
      'modules/low/with-high.ts': 'throw new Error("torn")',
      'modules/high': [],
      'modules/high/index.ts': declares('high'),
    })
    expect(await problemsOf(loadModules(await discover(root, []), ['high', 'low']))).toMatchObject([
      { code: 'module.broken', module: 'low', sentence: 'The extra of "low" for "high" cannot be loaded: torn' },
    ])
  })
})

describe('dependencies', () => {
  test('package.json, depends and imports that disagree are named with the file', async () => {
    const root = deployment({
      'modules/a': ['b'],
      'modules/a/index.ts': declares('a', '', `// import '@tessera/commented'\nimport type { C } from '@tessera/core'`),
      'modules/a/deep/part.ts': `declare module '@tessera/c' { interface C {} }`,
      'modules/a/part.test.ts': `import '@tessera/only-in-tests'`,
      'modules/b': [],
      'modules/b/index.ts': declares('b'),
    })
    const loaded = await loadModules(await discover(root, []), ['a'])
    expect(checkDependencies(loaded)).toEqual([
      {
        code: 'module.undeclared_dependency',
        module: 'a',
        sentence: '"a" needs "b" according to package.json, but not according to depends and the imports.',
        hint: 'Add it to depends in index.ts. Import it in index.ts. If it is not needed, take it out of package.json.',
        file: join(root, 'modules/a/index.ts'),
      },
      {
        code: 'module.undeclared_dependency',
        module: 'a',
        sentence: '"a" needs "c" according to the imports, but not according to package.json and depends.',
        hint: 'Add its package to the dependencies in package.json. Add it to depends in index.ts. If it is not needed, take it out of the imports.',
        file: join(root, 'modules/a/package.json'),
      },
    ])
    expect(await problemsOf(Promise.resolve().then(() => compose(loaded)))).toHaveLength(2)
  })

  test('a relative import out of the folder is refused', async () => {
    const root = deployment({
      'modules/a': [],
      'modules/a/index.ts': declares('a', '', `import '../b/part.ts'\nimport './own.ts'`),
      'modules/a/own.ts': '',
      'modules/b/part.ts': '',
    })
    const loaded = await loadModules(await discover(root, []), ['a'])
    expect(checkDependencies(loaded)).toMatchObject([
      {
        code: 'module.relative_import',
        module: 'a',
        sentence: '"a" imports "../b/part.ts" in index.ts, which lies outside of its folder.',
        file: join(root, 'modules/a/index.ts'),
      },
    ])
  })

  test('the file of an extra may import what is not declared', () => {
    const root = deployment({
      'index.ts': `export default { extras: { x: () => import('./with-x.ts') } }`,
      'with-x.ts': `import '@tessera/x'`,
      'part.ts': `export * from\n  '@tessera/y'`,
    })
    expect(importsOf(root).map(({ specifier }) => specifier)).toEqual(['./with-x.ts', '@tessera/y'])
  })
})

test('the graph prints the modules in order with what each needs', async () => {
  const packages = await discover(deployment({ 'modules/units': [], 'modules/stock': ['units'], 'addons/shop': ['stock', 'units'] }), [])
  expect(moduleGraphText(packages)).toBe(['units  module', 'stock  module  needs units', 'shop   addon   needs stock, units'].join('\n'))
  expect(moduleGraph(packages)[2]).toEqual({ name: 'shop', version: '1.0.0', kind: 'addon', needs: ['stock', 'units'] })
})
