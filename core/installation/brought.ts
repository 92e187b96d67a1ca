/** What each module of a set brings, as plain data that another process can be told. */
import type { Composition } from '../module/composition.ts'
import { manifestOf } from './manifest.ts'
import type { DeclaredChange } from './plan.ts'

export interface Brought {
  /** As a plan names it. */
  readonly declared: readonly Pick<DeclaredChange, 'kind' | 'name' | 'label'>[]
  /** Named rights that its rules give. */
  readonly permissions: readonly string[]
  /** The fields of its models, and those that it adds to others' models: `ticket.subject` with its label. */
  readonly fields: readonly { readonly name: string; readonly label: string }[]
}

/** By the name of the module. */
export function broughtBy(composition: Composition): ReadonlyMap<string, Brought> {
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
        declared: (declared.get(name) ?? []).map(({ kind, name: its, label }) => ({ kind, name: its, label })),
        permissions: [...new Set((rules.get(name) ?? []).flatMap(({ permission }) => permission?.label ?? []))],
        fields: (fields.get(name) ?? []).map((field) => ({ name: `${field.model.name}.${field.name}`, label: field.label })),
      },
    ]),
  )
}
