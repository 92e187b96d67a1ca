import { readdirSync, readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import type { Assets } from './assets.ts'
import { type Frame, helpers, type Translate } from './helpers.ts'
import { useSpriteAt } from './icons.ts'
import type { Screens } from './screens.ts'

export type { Translate } from './helpers.ts'

export interface Renderer {
  /** The whole document; `scripts` are addresses of those that only this page runs. */
  page<Name extends keyof Screens>(name: Name, model: Screens[Name], scripts?: readonly string[], developing?: Developing): string
  /** `<title>` and `<main id="main">` only, for requests with `HX-Request` that target `#main` or restore history. */
  fragment<Name extends keyof Screens>(name: Name, model: Screens[Name], developing?: Developing): string
}

/** What developer mode adds. */
export type Developing = Required<Pick<Frame, 'used' | 'told'>>

/** One renderer per language; the templates behind it are compiled once per process. */
export function createRenderer(t: Translate, assets: Pick<Assets, 'url'>, render: Rendering = own()): Renderer {
  const words = JSON.stringify(Object.fromEntries(clientCodes.map((code) => [code.slice('web.client_'.length), t(code, placeholders)])))
  const sprite = assets.url('icons.svg')
  const data = (screen: string, scripts: readonly string[]): Frame => ({ t, asset: assets.url, words, screen, scripts })
  return {
    page: (name, model, scripts = [], developing = undefined) => {
      useSpriteAt(sprite)
      return render('page', model, { ...data(name, scripts), ...developing })
    },
    fragment: (name, model, developing = undefined) => {
      useSpriteAt(sprite)
      return render('fragment', model, { ...data(name, []), ...developing })
    },
  }
}

/** A template by its name, filled in. */
export type Rendering = (name: string, model: unknown, frame: Frame) => string

/** A file that takes the place of a template. */
export interface Override {
  /** The template, by the module whose it is: `portal/home`. */
  readonly of: string
  readonly file: string
}

/**
 * The templates of a folder (`*.hbs`), each also a partial of the others; compiled when they are first used. Each override takes the
 * place of one, as page and as partial; what was there before it is its own partial `{{> portal/home}}`.
 */
export function templatesIn(folder: URL, overrides: readonly Override[] = []): Rendering {
  const engine = Handlebars.create()
  for (const [name, helper] of Object.entries(helpers)) engine.registerHelper(name, helper as Handlebars.HelperDelegate)
  const sources = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.hbs'))
      .map((file) => [file.slice(0, -'.hbs'.length), read(new URL(file, folder))]),
  )
  for (const [at, { of, file }] of overrides.entries()) {
    const [, name = ''] = of.split('/')
    const before = `${of} ${at}`
    engine.registerPartial(before, sources.get(name) ?? '')
    // Each has another before it, so each calls it by another name.
    sources.set(
      name,
      read(file).replaceAll(new RegExp(`(?<=\\{\\{~?#?>\\s*)${of}(?=[\\s~}])`, 'g'), () => `"${before}"`),
    )
  }
  for (const [name, source] of sources) engine.registerPartial(name, source)
  tellPartials(engine, (name, { used }) => used?.add(addressOf(folder, name)))
  const compiled = new Map<string, Handlebars.TemplateDelegate>()
  return (name, model, frame) => {
    let template = compiled.get(name)
    if (!template) {
      const source = sources.get(name)
      if (source === undefined) throw new Error(`There is no template "${name}.hbs" in ${folder.pathname}.`)
      template = engine.compile(source, compiling)
      compiled.set(name, template)
    }
    frame.used?.add(addressOf(folder, name))
    return template(model, { data: frame })
  }
}

const addressOf = (folder: URL, name: string): string => new URL(`${name}.hbs`, folder).href

/** Handlebars resolves a partial each time that it is used; its types do not say what it is given. */
function tellPartials(engine: typeof Handlebars, tell: (name: string, frame: Frame) => void): void {
  const { resolvePartial } = engine.VM
  engine.VM = {
    ...engine.VM,
    resolvePartial(this: unknown, ...[partial, context, options]: Parameters<typeof resolvePartial>) {
      const resolved = resolvePartial.call(this, partial, context, options)
      // One whose name is only known now has it from here on.
      const { name, data } = options as unknown as { readonly name: string; readonly data?: Frame }
      if (data) tell(name, data)
      return resolved
    },
  } as typeof engine.VM
}

const read = (file: URL | string): string => readFileSync(file, 'utf8').trimEnd()
const compiling = { preventIndent: true, knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])) }

/** The templates of this module, as no other has changed them. */
const own = (): Rendering => templatesIn(ownTemplates)
export const ownTemplates = new URL('templates/', import.meta.url)

const clientCodes = Object.keys(JSON.parse(readFileSync(new URL('texts/en.json', import.meta.url), 'utf8')) as object).filter((code) =>
  code.startsWith('web.client_'),
)
// The scripts fill these in themselves: each placeholder stands for its own name.
const placeholders = Object.fromEntries(['count', 'fields', 'name', 'column', 'position', 'reason'].map((name) => [name, `{${name}}`]))
