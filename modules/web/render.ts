import { readdirSync, readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import type { Assets } from './assets.ts'
import { type Frame, helpers, type Translate } from './helpers.ts'
import { useSpriteAt } from './icons.ts'
import type { Screens } from './screens.ts'

export type { Translate } from './helpers.ts'

export interface Renderer {
  /** The whole document; `scripts` are addresses of those that only this page runs. */
  page<Name extends keyof Screens>(name: Name, model: Screens[Name], scripts?: readonly string[]): string
  /** `<title>` and `<main id="main">` only, for requests with `HX-Request` that target `#main` or restore history. */
  fragment<Name extends keyof Screens>(name: Name, model: Screens[Name]): string
}

/** One renderer per language; the templates behind it are compiled once per process. */
export function createRenderer(t: Translate, assets: Pick<Assets, 'url'>): Renderer {
  const words = JSON.stringify(Object.fromEntries(clientCodes.map((code) => [code.slice('web.client_'.length), t(code, placeholders)])))
  const sprite = assets.url('icons.svg')
  const data = (screen: string, scripts: readonly string[]): Frame => ({ t, asset: assets.url, words, screen, scripts })
  return {
    page: (name, model, scripts = []) => {
      useSpriteAt(sprite)
      return own('page', model, data(name, scripts))
    },
    fragment: (name, model) => {
      useSpriteAt(sprite)
      return own('fragment', model, data(name, []))
    },
  }
}

/** The templates of a folder (`*.hbs`), each also a partial of the others; compiled when they are first used. */
export function templatesIn(folder: URL): (name: string, model: unknown, frame: Frame) => string {
  const engine = Handlebars.create()
  for (const [name, helper] of Object.entries(helpers)) engine.registerHelper(name, helper as Handlebars.HelperDelegate)
  const sources = new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.hbs'))
      .map((file) => [file.slice(0, -'.hbs'.length), readFileSync(new URL(file, folder), 'utf8').trimEnd()]),
  )
  for (const [name, source] of sources) engine.registerPartial(name, source)
  const compiled = new Map<string, Handlebars.TemplateDelegate>()
  return (name, model, frame) => {
    let template = compiled.get(name)
    if (!template) {
      const source = sources.get(name)
      if (source === undefined) throw new Error(`There is no template "${name}.hbs" in ${folder.pathname}.`)
      template = engine.compile(source, compiling)
      compiled.set(name, template)
    }
    return template(model, { data: frame })
  }
}

const compiling = { preventIndent: true, knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])) }
const own = templatesIn(new URL('templates/', import.meta.url))

const clientCodes = Object.keys(JSON.parse(readFileSync(new URL('texts/en.json', import.meta.url), 'utf8')) as object).filter((code) =>
  code.startsWith('web.client_'),
)
// The scripts fill these in themselves: each placeholder stands for its own name.
const placeholders = Object.fromEntries(['count', 'fields', 'name', 'column', 'position', 'reason'].map((name) => [name, `{${name}}`]))
