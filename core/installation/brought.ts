/** What each module of a set brings, as plain data that another process can be told. */
import type { Composition } from '../module/composition.ts'
import { codeOf, pluralCode } from '../texts/codes.ts'
import { labelled, manifestOf } from './manifest.ts'
import type { DeclaredChange, Labels } from './plan.ts'

export interface Brought {
  /** As a plan names it. */
  readonly declared: readonly Pick<DeclaredChange, 'kind' | 'name' | 'label' | 'labels'>[]
  readonly rights: readonly Right[]
  /** The fields of its models, and those that it adds to others' models: `ticket.subject` with its label. */
  readonly fields: readonly { readonly name: string; readonly label: string; readonly labels: Labels }[]
}

/** One of its rules: what a role may do, or may not, with the records of a model or by a named right. */
export interface Right {
  readonly role: Labels
  readonly may: boolean
  /** With labels where it is an action. */
  readonly verbs: readonly { readonly name: string; readonly labels?: Labels | undefined }[]
  readonly model?: Labels | undefined
  readonly permission?: Labels | undefined
}

/** By the name of the module. */
export function broughtBy(composition: Composition): ReadonlyMap<string, Brought> {
  const labels = labelled(composition)
  const declared = Map.groupBy(Object.values(manifestOf(composition, composition).declared), ({ module }) => module)
  const rules = Map.groupBy(composition.rules, ({ module }) => module)
  const fields = Map.groupBy(
    composition.models.all.flatMap((model) => [...model.fields.values()]),
    ({ module }) => module,
  )
  return new Map(
    composition.modules.map(({ package: { name } }): [string, Brought] => [
      name,
      {
        declared: (declared.get(name) ?? []).map(({ kind, name: its, label, labels: all }) => ({
          kind,
          name: its,
          label,
          ...(all && { labels: all }),
        })),
        rights: (rules.get(name) ?? []).map(({ role, cannot, verbs, model, permission }) => {
          const of = composition.models.all.find(({ handle }) => handle === model)
          return {
            role: labels(codeOf(role)),
            may: !cannot,
            verbs: verbs.map((verb) => {
              const action = of && composition.actions(of).find((each) => each.name === verb)
              return { name: verb, ...(action && { labels: labels(codeOf(action)) }) }
            }),
            ...(of && { model: labels(pluralCode(of)) }),
            ...(permission && { permission: labels(codeOf(permission)) }),
          }
        }),
        fields: (fields.get(name) ?? []).map((field) => ({
          name: `${field.model.name}.${field.name}`,
          label: field.label,
          labels: labels(codeOf(field)),
        })),
      },
    ]),
  )
}
