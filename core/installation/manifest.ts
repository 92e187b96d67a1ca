/**
 * What a set of modules brings, as plain data. It is kept in the database at every operation, so that the next one can say what
 * changes or goes even where the code that brought it is no longer there.
 */
import { createHash } from 'node:crypto'
import type { ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import { codeOf, pluralCode } from '../texts/codes.ts'
import { translator } from '../texts/translator.ts'
import type { DeclaredChange, Labels } from './plan.ts'

export interface Manifest {
  /** By table: who made it, and who made each of its columns. A table between two models has no `model`. */
  readonly tables: Readonly<Record<string, ManifestTable>>
  /** What is seen and done, by `kind name`: everything of the modules that are enabled. */
  readonly declared: Readonly<Record<string, Declared>>
  /** Shipped records by key. */
  readonly shipped: Readonly<Record<string, { readonly module: string; readonly model: string }>>
  /** What earlier versions made and nobody declares any more: it stays until it is purged. */
  readonly left?: Readonly<Record<string, ManifestTable>>
  /** For each module those that it needs. */
  readonly needs: Readonly<Record<string, readonly string[]>>
}

export interface ManifestTable {
  readonly module: string
  readonly model?: string
  readonly columns: Readonly<Record<string, ManifestColumn>>
}

export interface ManifestColumn {
  readonly module: string
  readonly field: string
  /** Numbers that are counted for it are kept in a sequence of this name, perhaps one for each year. */
  readonly sequence?: string
  /** Rows that are `within` the record it names have no other place. */
  readonly within?: true
}

type Declared = Omit<DeclaredChange, 'change'> & {
  /** Of everything that its author wrote about it. */
  readonly hash: string
}

/** `installed` decides the tables, `enabled`, a part of it or the same, what is seen and done. */
export function manifestOf(installed: Composition, enabled: Composition): Manifest {
  return {
    tables: tablesOf(installed),
    declared: Object.fromEntries(declaredIn(enabled).map((each) => [`${each.kind} ${each.name}`, each])),
    shipped: Object.fromEntries(
      installed.shipped.flatMap(({ model, rows, module }) => {
        const { name } = installed.models.of(model)
        return Object.keys(rows).map((key) => [`${name}.${key}`, { module, model: name }])
      }),
    ),
    needs: Object.fromEntries(installed.modules.map((each) => [each.package.name, each.package.depends])),
  }
}

function tablesOf({ models }: Composition): Manifest['tables'] {
  const tables: Record<string, ManifestTable> = {}
  for (const model of models.all) {
    const columns: Record<string, ManifestColumn> = {}
    for (const field of model.fields.values()) {
      if (field.kind === 'many') {
        if (!field.pivot || !field.owned) continue
        const { table, own, other } = field.pivot
        const column = { module: field.module, field: field.name }
        tables[table] = { module: field.module, columns: { [own]: column, [other]: column } }
      } else if (field.column !== undefined) {
        const sequence = field.kind === 'scalar' && field.sequence && `${model.table}_${field.column}`
        const within = model.within.includes(field.name)
        columns[field.column] = { module: field.module, field: field.name, ...(sequence && { sequence }), ...(within && { within }) }
      }
    }
    tables[model.table] = { module: model.module, model: model.name, columns }
  }
  return tables
}

function declaredIn(composition: Composition): readonly Declared[] {
  const { models } = composition
  const found: Declared[] = []
  const names = new Map<string, number>()
  const labels = labelled(composition)
  const add = (kind: Declared['kind'], module: string, wanted: string, label: string, of: unknown, code?: string): void => {
    const times = (names.get(`${kind} ${wanted}`) ?? 0) + 1
    names.set(`${kind} ${wanted}`, times)
    const name = times === 1 ? wanted : `${wanted} (${times})`
    found.push({ kind, module, name, label, ...(code !== undefined && { labels: labels(code) }), hash: hashOf(of) })
  }
  for (const model of models.all) {
    add('model', model.module, model.name, model.plural, [model.table, model.label, model.traits], pluralCode(model))
    for (const field of model.fields.values())
      if (field.module !== model.module)
        add('field', field.module, `${model.name}.${field.name}`, field.label, shapeOf(field), codeOf(field))
    for (const action of composition.actions(model))
      add('action', action.module, `${model.name}.${action.name}`, action.label, action, codeOf(action))
  }
  for (const { declaration } of composition.modules) {
    const { name: module } = declaration
    for (const role of declaration.roles) add('role', module, role.name, role.label, role, codeOf(role))
    for (const view of declaration.views) {
      const name = viewName(view, module)
      const model = models.byName((view.model as { readonly name: string }).name)
      add('view', module, name, name, view, model && codeOf(model))
    }
    for (const name of Object.keys(declaration.services)) add('service', module, name, name, declaration.services[name])
    for (const [name, override] of Object.entries(declaration.overrides))
      add('service', module, `${name} of ${module}`, `${name}, changed`, override)
  }
  for (const rule of composition.rules) {
    const about = rule.permission ? rule.permission.permission : `${rule.verbs.join(', ')} ${nameOf(composition, rule.model)}`
    const words = `${rule.role.label} ${rule.cannot ? 'may not' : 'may'} ${rule.permission?.label ?? about}`
    add('rule', rule.module, `${rule.module}: ${rule.role.name} ${rule.cannot ? 'cannot' : 'can'} ${about}`, words, rule)
  }
  for (const menu of composition.menus) add('menu', menu.module, `${menu.module}: ${menu.label}`, menu.label, menu, codeOf(menu))
  for (const job of composition.jobs) add('job', job.module, job.name, job.every ? `${job.name} (${job.every})` : job.name, job)
  for (const setting of composition.settings)
    add('setting', setting.module, `${setting.module}: ${setting.label}`, setting.label, setting.label, codeOf(setting))
  for (const route of composition.routes) add('route', route.module, route.at, route.summary ?? route.at, route, codeOf(route))
  for (const page of composition.pages) add('page', page.module, page.at, page.at, page)
  for (const command of composition.commands) add('command', command.module, command.name, command.help, command, codeOf(command))
  return found
}

/** What a code says in every language that a composition speaks, where it says something of its own. */
export function labelled({ texts }: Pick<Composition, 'texts'>): (code: string) => Labels {
  const say = translator(texts)
  return (code) =>
    Object.fromEntries([...texts].flatMap(([locale, messages]) => (messages.has(code) ? [[locale, say(locale, code)] as const] : [])))
}

function nameOf({ models }: Composition, handle: unknown): string {
  return models.all.find((model) => model.handle === handle)?.name ?? ''
}

/** `ticket.form`, or of another module's view `ticket by ADDON`. */
function viewName(view: { readonly kind: string; readonly model: unknown }, module: string): string {
  const model = (view.model as { readonly name: string }).name
  return view.kind === 'patch' ? `${model} by ${module}` : `${model}.${view.kind}`
}

/** A field without what leads back to the whole composition. */
function shapeOf(field: object): object {
  const { model: _model, target, ...rest } = field as { model: ModelMeta; target?: ModelMeta }
  return { ...rest, target: target?.name }
}

/** Everything an author can write: data, code by its text, other declarations by their names. */
export function hashOf(value: unknown): string {
  const seen = new Set<unknown>()
  const plain = (each: unknown): unknown => {
    if (typeof each === 'function') return /^class\b/.test(String(each)) && each.name ? each.name : String(each)
    if (typeof each !== 'object' || each === null) return typeof each === 'bigint' || typeof each === 'symbol' ? String(each) : each
    if (seen.has(each)) return 'again'
    seen.add(each)
    if (each instanceof RegExp || each instanceof Date) return String(each)
    if (Array.isArray(each)) return each.map(plain)
    if (each instanceof Map) return [...each].map(plain)
    if ('_zod' in each) return 'schema'
    return Object.fromEntries(
      Object.entries(each)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, plain(inner)]),
    )
  }
  return createHash('sha256')
    .update(JSON.stringify(plain(value)) ?? '')
    .digest('hex')
    .slice(0, 16)
}
