/** The model that a new addon extends: how code names it, where its screens take something new, what it can refuse. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Action } from '../../action/action.ts'
import { inputsOf } from '../../action/inputs.ts'
import { NotFound, UserError } from '../../errors.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Composition, Package } from '../../module/composition.ts'
import type { Node } from '../../view/composed.ts'
import { meant } from './names.ts'

export interface Target {
  readonly model: ModelMeta
  /** The constant that its module exports: `Ticket`. */
  readonly handle: string
  readonly owner: Package
  /** As it is imported: `@tessera/ticket`. */
  readonly from: string
  readonly formAnchor: string
  readonly listAnchor: string
  /** A method of one of its module's services that takes a record, and the exported action that leads to it. */
  readonly verb: { readonly service: string; readonly method: string; readonly action: string } | undefined
}

/** Throws where there is no such model, with a near match, or none that an addon could extend. */
export async function targetNamed(name: string, composition: Composition): Promise<Target> {
  const { models } = composition
  const open = models.all.filter(({ exposed, appendOnly }) => exposed && !appendOnly)
  const model = models.byName(name)
  if (!model)
    throw new NotFound(
      'cli.no_model',
      'There is no model "{name}" to extend.',
      { name },
      meant(
        name,
        open.map((each) => each.name),
      ),
    )
  const refuse = (why: string) =>
    new UserError('cli.closed_model', `The model "{name}" of "{module}" ${why}.`, { name, module: model.module })
  if (!open.includes(model)) throw refuse('has no screens of its own, or is only ever added to: it cannot be extended so')
  const owner = composition.modules.find(({ declaration }) => declaration.name === model.module)!
  const manifest = JSON.parse(readFileSync(join(owner.package.folder, 'package.json'), 'utf8')) as { readonly name: string }
  const exported = await exportsOf(owner.package)
  const handle = nameOf(exported, model.handle)
  if (handle === undefined) throw refuse('is not exported by its module')
  const screens = composition.screens(model)
  const [listAnchor] = screens.list.of.map(({ field }) => field)
  const formAnchor = firstField(screens.form.of)
  if (listAnchor === undefined || formAnchor === undefined) throw refuse('shows no field beside which something could stand')
  return {
    model,
    handle,
    owner: owner.package,
    from: manifest.name,
    formAnchor,
    listAnchor,
    verb: verbOf(model, handle, composition, exported),
  }
}

type Exports = Readonly<Record<string, unknown>>

async function exportsOf({ folder, entry }: Package): Promise<Exports> {
  return import(pathToFileURL(join(folder, entry ?? 'index.ts')).href)
}

function nameOf(exported: Exports, wanted: unknown): string | undefined {
  return Object.keys(exported).find((name) => name !== 'default' && exported[name] === wanted)
}

/** The first one that stands in a group, else the first: what is on top is the title. */
function firstField(nodes: readonly Node[]): string | undefined {
  const fieldIn = (of: readonly Node[]): string | undefined =>
    of.map((node) => (node.node === 'field' ? (node.field.includes('.') ? undefined : node.field) : fieldIn(node.of))).find((each) => each)
  return fieldIn(nodes.filter(({ node }) => node !== 'field')) ?? fieldIn(nodes)
}

/** Only a method that takes the record first can look at it; closing is what most rules are about. */
function verbOf(model: ModelMeta, handle: string, composition: Composition, exported: Exports): Target['verb'] {
  const owner = composition.modules.find(({ declaration }) => declaration.name === model.module)!
  const actions = composition.actions(model).filter(({ module, ...action }) => module === model.module && needsNothing(action))
  const sorted = [...actions].sort((a, b) => Number(b.name === 'close') - Number(a.name === 'close'))
  for (const [service, { name }] of Object.entries(owner.declaration.services)) {
    const source = sourceOf(owner.package.folder, name)
    for (const { name: method } of sorted) {
      const action = Object.keys(exported).find((each) => isAction(exported[each], model, method))
      if (action && new RegExp(`^\\s+(?:async )?${method}\\(\\w+: ${handle}\\b`, 'm').test(source)) return { service, method, action }
    }
  }
  return undefined
}

function needsNothing(action: Action): boolean {
  return inputsOf(action).every(({ required }) => !required)
}

function isAction(value: unknown, model: ModelMeta, name: string): boolean {
  const action = value as Partial<Action> | null
  return typeof action === 'object' && action?.kind === 'action' && action.model === model.handle && action.name === name
}

/** The file with the class: what the methods take stands in its types only. */
function sourceOf(folder: string, name: string): string {
  const files = readdirSync(folder, { recursive: true }).map(String)
  const texts = files
    .filter((file) => /\.ts$/.test(file) && !file.includes('node_modules'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  return texts.find((text) => text.includes(`class ${name} `)) ?? ''
}
