/** The templates that modules bring, and whose file each is shown from: a module may put its own in place of another's, by name. */
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { didYouMean } from '../check/faults.ts'
import type { BootProblem } from '../errors.ts'
import type { LoadedModule } from '../module/composition.ts'

/** A file of a template, and the module in whose folder it is. */
export interface TemplateLayer {
  readonly module: string
  readonly file: string
}
export interface Template {
  /** The module whose pages are made of it. */
  readonly owner: string
  /** Of the file, without `.hbs`. */
  readonly name: string
  /** Its owner's file, then those that take its place, in the order of the modules: the last is shown. */
  readonly layers: readonly [TemplateLayer, ...TemplateLayer[]]
}

/** `templates/<name>.hbs` of each module, and `templates/<owner>/<name>.hbs` of those that depend on the owner. */
export function composeTemplates(loaded: readonly LoadedModule[], problems: BootProblem[]): readonly Template[] {
  const own = new Map(loaded.map((one) => [one.declaration.name, namesIn(templatesOf(one))]))
  const layers = new Map<string, TemplateLayer[]>()
  for (const one of loaded) {
    const { name: module } = one.declaration
    for (const name of own.get(module) ?? []) layers.set(`${module}/${name}`, [{ module, file: join(templatesOf(one), `${name}.hbs`) }])
  }
  for (const one of loaded) {
    for (const { owner, name, file } of overridesOf(one, own, problems)) {
      const before = layers.get(`${owner}/${name}`)
      if (before) checkTurn(loaded, `${owner}/${name}`, before.at(-1)!.module, one.declaration.name, file, problems)
      before?.push({ module: one.declaration.name, file })
    }
  }
  return [...layers].map(([path, of]) => {
    const [owner = '', name = ''] = path.split('/')
    return { owner, name, layers: of as [TemplateLayer, ...TemplateLayer[]] }
  })
}

/** The templates of others in whose place a module puts its own: `portal/home`. */
export function overriddenBy({ templates }: { readonly templates: readonly Template[] }, module: string): readonly string[] {
  return templates
    .filter(({ owner, layers }) => owner !== module && layers.some((layer) => layer.module === module))
    .map(({ owner, name }) => `${owner}/${name}`)
}

interface Override {
  readonly owner: string
  readonly name: string
  readonly file: string
}

/** What a module puts in place of templates that are there; what is in place of nothing becomes a problem. */
function overridesOf(one: LoadedModule, own: ReadonlyMap<string, readonly string[]>, problems: BootProblem[]): readonly Override[] {
  const { name: module, depends } = one.declaration
  const report = (code: string, sentence: string, hint: string | undefined, file: string) =>
    problems.push({ code, module, sentence, hint, file })
  return foldersIn(templatesOf(one)).flatMap((owner) => {
    const folder = join(templatesOf(one), owner)
    if (!depends.some(({ name }) => name === owner)) {
      const sentence = `"${module}" has templates in ${relative(one.package.folder, folder)}, but does not depend on a module "${owner}".`
      const near = didYouMean(
        owner,
        depends.map(({ name }) => name),
      )
      report('template.no_dependency', sentence, near ?? `A folder there has the name of the module whose templates it overrides.`, folder)
      return []
    }
    return namesIn(folder).flatMap((name) => {
      const file = join(folder, `${name}.hbs`)
      const known = own.get(owner) ?? []
      if (known.includes(name)) return [{ owner, name, file }]
      const sentence = `"${module}" overrides the template "${name}" of "${owner}", which has no such template.`
      report('template.override_of_nothing', sentence, didYouMean(name, known), file)
      return []
    })
  })
}

/** Of two that override the same, one must know the other: else it would be chance which is shown. */
function checkTurn(
  loaded: readonly LoadedModule[],
  path: string,
  before: string,
  module: string,
  file: string,
  problems: BootProblem[],
): void {
  const [owner, name] = path.split('/')
  if (before === owner || needs(loaded, module, before)) return
  problems.push({
    code: 'template.two_overrides',
    module,
    sentence: `"${before}" and "${module}" both override the template "${name}" of "${owner}", and neither depends on the other.`,
    hint: `Let "${module}" depend on "${before}" if its template is to be shown, or keep one of the two.`,
    file,
  })
}

function needs(loaded: readonly LoadedModule[], from: string, to: string): boolean {
  const one = loaded.find(({ declaration }) => declaration.name === from)
  return (one?.declaration.depends ?? []).some(({ name }) => name === to || needs(loaded, name, to))
}

function templatesOf({ package: { folder } }: LoadedModule): string {
  return folder === '' ? '' : join(folder, 'templates')
}

const namesIn = (folder: string): readonly string[] =>
  entriesOf(folder).flatMap((entry) => (entry.isFile() && entry.name.endsWith('.hbs') ? [entry.name.slice(0, -'.hbs'.length)] : []))

const foldersIn = (folder: string): readonly string[] => entriesOf(folder).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

const entriesOf = (folder: string) =>
  folder !== '' && existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)) : []
