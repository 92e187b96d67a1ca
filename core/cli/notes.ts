/** What a composition may do and yet is worth a second look. */
import { nearest } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import { coreTexts } from '../texts/core-texts.ts'
import { loadTexts } from '../texts/texts.ts'

export interface Note {
  readonly module: string
  readonly sentence: string
}

export function notesOn(composition: Composition): readonly Note[] {
  return [...widenedRoles(composition), ...slowSorts(composition), ...strayTexts(composition)]
}

/** An addon that gives rights to a role of another module changes what people could do before. */
function widenedRoles({ modules, models, rules }: Composition): readonly Note[] {
  const owners = new Map(modules.flatMap(({ declaration }) => declaration.roles.map((role) => [role.name, declaration.name])))
  const addons = new Set(modules.filter((one) => one.package.kind === 'addon').map((one) => one.package.name))
  return rules
    .filter(({ module, role, cannot }) => addons.has(module) && !cannot && owners.get(role.name) !== module)
    .map(({ module, role, verbs, model, permission }) => {
      const what = permission
        ? `the right "${permission.label}"`
        : `${verbs.join(', ')} on ${models.all.find((one) => one.handle === model)?.name}`
      return { module, sentence: `Gives ${what} to the role "${role.name}", which belongs to ${owners.get(role.name)}.` }
    })
}

/** A sort by a related or translated value reads every row before it shows the first. */
function slowSorts({ models, screens }: Composition): readonly Note[] {
  return models.all.flatMap((model) => {
    const slow = screens(model)
      .list.order.map(({ path }) => path)
      .filter((path) => !isIndexed(model, path))
    return slow.map((path) => ({
      module: model.module,
      sentence: `The list of ${model.plural.toLowerCase()} is sorted by "${path}", which no index can serve.`,
    }))
  })
}

function isIndexed(model: ModelMeta, path: string): boolean {
  const field = model.fields.get(path)
  return field?.kind === 'scalar' && field.column !== undefined && field.type !== 'translated'
}

/** A translation whose code nothing has is mistyped, or left over from what was renamed. */
function strayTexts({ modules, texts }: Composition): readonly Note[] {
  const known = new Set([...(texts.get('en')?.keys() ?? []), ...coreTexts.keys()])
  return modules.flatMap((one) =>
    [...loadTexts([one], [])].flatMap(([locale, messages]) =>
      [...messages.keys()]
        .filter((code) => !known.has(code))
        .map((code) => {
          const near = nearest(code, known)
          const hint = near ? ` Did you mean "${near}"?` : ''
          return { module: one.package.name, sentence: `texts/${locale}.json translates "${code}", which nothing has.${hint}` }
        }),
    ),
  )
}
