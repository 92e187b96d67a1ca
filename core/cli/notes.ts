/** What a composition may do and yet is worth a second look. */
import { type RuleSource, sourceOf } from '../access/policy.ts'
import type { Rule } from '../access/role.ts'
import { nearest } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import { coreTexts } from '../texts/core-texts.ts'
import { loadTexts } from '../texts/texts.ts'
import { overriddenBy } from '../view/templates.ts'

export interface Note {
  readonly module: string
  readonly sentence: string
  /** The rule that it is about, as JSON keeps it. */
  readonly rule?: RuleSource & { readonly role: string; readonly model?: string }
}

export function notesOn(composition: Composition): readonly Note[] {
  return [
    ...widenedRoles(composition),
    ...outdatedAnchors(composition),
    ...overriddenTemplates(composition),
    ...slowSorts(composition),
    ...strayTexts(composition),
  ]
}

/** An addon that says what a role of another module may do changes what people could do before. */
function widenedRoles({ modules, models, rules }: Composition): readonly Note[] {
  const owners = new Map(modules.flatMap(({ declaration }) => declaration.roles.map((role) => [role.name, declaration.name])))
  const addons = new Set(modules.filter((one) => one.package.kind === 'addon').map((one) => one.package.name))
  return rules
    .filter(({ module, role }) => addons.has(module) && owners.get(role.name) !== module)
    .map((rule): Note => {
      const { module, role, verbs, permission, cannot } = rule
      const model = models.all.find((one) => one.handle === rule.model)?.name
      const what = permission ? `the right "${permission.label}"` : `${verbs.join(', ')} on ${model}${limitsOf(rule)}`
      const sentence = cannot
        ? `Takes ${what} from the role "${role.name}", which belongs to ${owners.get(role.name)}.`
        : `Gives ${what} to the role "${role.name}", which belongs to ${owners.get(role.name)}.`
      return { module, sentence, rule: { role: role.name, ...(model !== undefined && { model }), ...sourceOf(rule) } }
    })
}

/** On which records and fields a rule is about; nothing for one that is about all of them. */
function limitsOf(rule: Rule): string {
  const { where, fields } = sourceOf(rule)
  return `${where ? ` where ${JSON.stringify(where)}` : ''}${fields ? ` with the fields ${fields.join(', ')}` : ''}`
}

/** What a patch calls by its old name it will not find any more in the version after this one. */
function outdatedAnchors({ models, screens }: Composition): readonly Note[] {
  return models.all.flatMap((model) =>
    (['form', 'list', 'kanban', 'calendar'] as const).flatMap((kind) =>
      (screens(model)[kind]?.outdated ?? []).map(({ module, owner, from, to }) => ({
        module,
        sentence: `Patches the ${kind} of "${model.name}" at "${from}", which "${owner}" now calls "${to}": the old name goes with its next version.`,
      })),
    ),
  )
}

/** Whoever takes the place of a whole template does not see what its owner changes in it from then on. */
function overriddenTemplates(composition: Composition): readonly Note[] {
  return composition.modules.flatMap(({ declaration: { name: module } }) =>
    overriddenBy(composition, module).map((path) => ({ module, sentence: `Shows its own template in place of "${path}".` })),
  )
}

/** A sort by a related or translated value reads every row before it shows the first. */
function slowSorts({ models, screens }: Composition): readonly Note[] {
  return models.all.flatMap((model) => {
    const { list } = screens(model)
    const sorted = [
      { what: `The list of "${model.name}" is sorted`, by: list.order, module: list.module },
      // The API and whatever has no order of its own.
      ...(list.order === model.order ? [] : [{ what: `"${model.name}" is sorted`, by: model.order, module: model.module }]),
    ]
    return sorted.flatMap(({ what, by, module }) =>
      by
        .filter(({ path }) => !isIndexed(model, path))
        .map(({ path }) => ({ module, sentence: `${what} by "${path}", which no index can serve.` })),
    )
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
        // What to do about it is translated beside the sentence.
        .filter((code) => !known.has(code.replace(/\.hint$/, '')))
        .map((code) => {
          const near = nearest(code, known)
          const hint = near ? ` Did you mean "${near}"?` : ''
          return { module: one.package.name, sentence: `texts/${locale}.json translates "${code}", which nothing has.${hint}` }
        }),
    ),
  )
}
