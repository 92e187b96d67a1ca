/** The rules that every module keeps, ours and other people's: asked by a module's tests and by `tessera module check NAME`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { abilityOf } from './access/ability.ts'
import { schemaDifference } from './installation/schema.ts'
import type { ModelMeta } from './model/meta.ts'
import type { Composition } from './module/composition.ts'

/** A module, composed with what it depends on and nothing else. */
export interface Looked {
  readonly name: string
  readonly folder: string
  readonly composition: Composition
  /** To a database in which it was just installed. Undefined where there is none: what needs one is not asked. */
  readonly connection: Parameters<typeof schemaDifference>[0] | undefined
}
export interface HouseRule {
  /** Goes on after the module's name: `declares whom each route and page lets in`. */
  readonly rule: string
  readonly needsDatabase?: true
  /** What is wrong, a sentence each. */
  readonly findings: (looked: Looked) => readonly string[] | Promise<readonly string[]>
}

export const rulesOfTheHouse: readonly HouseRule[] = [
  {
    rule: 'boots alone with its dependencies, every view, rule and condition naming what exists',
    findings: ({ name, composition }) =>
      composition.modules.some((each) => each.package.name === name) ? [] : [`"${name}" is not among the modules that were composed.`],
  },
  {
    rule: 'leaves nothing to change in a schema that was just made',
    needsDatabase: true,
    findings: async ({ connection }) => (connection ? schemaDifference(connection) : []),
  },
  {
    rule: 'declares whom each route and page lets in',
    findings: ({ name, composition: { routes, pages } }) =>
      [...routes, ...pages]
        .filter(({ module, may }) => module === name && !may)
        .map(({ at }) => `"${at}" does not say who may come through.`),
  },
  { rule: 'lets nobody do anything without a rule', findings: openToAll },
  { rule: 'has a text for every field, action and filter it declares', findings: missingTexts },
  {
    rule: 'shows each of its exposed models in a list and a form',
    findings: (looked) =>
      ownModels(looked)
        .filter(({ exposed }) => exposed)
        .flatMap((model) => {
          const screens = looked.composition.screens(model)
          const empty = (['list', 'form'] as const).filter((kind) => screens[kind].of.length === 0)
          return empty.map((kind) => `The ${kind} of "${model.name}" shows nothing.`)
        }),
  },
  { rule: 'names itself and its version, and says in a README what it is for', findings: introductionMissing },
  {
    rule: 'has a test of its own',
    // What npm installed was tested before it was packed.
    findings: ({ folder }) => (folder.includes(`${sep}node_modules${sep}`) || hasTest(folder) ? [] : ['No file of it ends in .test.ts.']),
  },
]

function ownModels({ name, composition }: Looked): readonly ModelMeta[] {
  return composition.models.all.filter(({ module }) => module === name)
}

function openToAll(looked: Looked): readonly string[] {
  const { rules, models } = looked.composition
  const nobody = abilityOf([], rules, models)
  return ownModels(looked).flatMap((model) =>
    ['create', 'read', 'update', 'delete']
      .filter((verb) => nobody.possible(verb, model))
      .map((verb) => `Whoever is not signed in may ${verb} "${model.name}".`),
  )
}

function missingTexts({ name, composition }: Looked): readonly string[] {
  const english = composition.texts.get('en')
  const codes = composition.models.all.flatMap((model) => {
    const fields = [...model.fields.values()].filter(({ module, name: of }) => module === name && !['id', 'version'].includes(of))
    const actions = composition.actions(model).filter(({ module }) => module === name)
    const filters = [...composition.screens(model).search.filters].filter(([, { module }]) => module === name)
    return [
      ...fields.map((field) => `${model.name}.field.${field.name}`),
      ...actions.map((action) => `${model.name}.action.${action.name}`),
      ...filters.map(([filter]) => `${model.name}.filter.${filter}`),
    ]
  })
  return codes.filter((code) => !english?.get(code)).map((code) => `"${code}" has no text.`)
}

function introductionMissing({ name, folder }: Looked): readonly string[] {
  const { name: called, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string | undefined>
  return [
    ...(called === name || called?.endsWith(`/${name}`) ? [] : [`Its package.json calls it "${called}".`]),
    ...(/^\d+\.\d+\.\d+/.test(version ?? '') ? [] : ['Its package.json has no version such as 1.0.0.']),
    ...(existsSync(join(folder, 'README.md')) ? [] : ['It has no README.md.']),
  ]
}

function hasTest(folder: string): boolean {
  const files = readdirSync(folder, { recursive: true }).map(String)
  return files.some((file) => !file.includes('node_modules') && /\.test\.[jt]s$/.test(file))
}
