/** Fields of a model that a role may not read or write as it may the record itself, and by which rule. */
import { type FieldMeta, labelOf, type ModelMeta, type Policy, type Services } from '@tessera/core'
import { includedBy, type NamedRole } from './roles-names.ts'

type May = 'yes' | 'some' | 'no'
export interface FieldRow {
  readonly label: string
  readonly name: string
  readonly read: May
  readonly write: May
  readonly why: string
}

export async function fieldRules(
  { access, text }: Services,
  policy: Policy,
  roles: ReadonlyMap<string, NamedRole>,
  role: string,
  model: ModelMeta,
): Promise<{ readonly lines: readonly FieldRow[]; readonly others: number }> {
  const ability = await access.abilityFor([role])
  const names = [role, ...includedBy(policy, role)]
  const labelled = (name: string) => roles.get(name)?.label ?? name
  const may = (verb: string, field: FieldMeta): May => {
    const said = ability.field(verb, field)
    return said === true ? 'yes' : said === false ? 'no' : 'some'
  }
  const isOpen = { read: ability.possible('read', model), write: ability.possible('update', model) }
  const why = (field: FieldMeta): string => {
    if (field.only) {
      const only = field.only.map(({ name }) => labelled(name)).join(', ')
      return only === '' ? text('access.roles.only_system') : text('access.roles.only_roles', { roles: only })
    }
    const naming = policy.rules.filter(
      (rule) => names.includes(rule.role.name) && rule.model?.name === model.name && rule.fields?.includes(field.name),
    )
    const origins = naming.map(({ role: its, module, cannot }) =>
      text(cannot ? 'access.roles.taken_by' : 'access.roles.given_by', {
        role: labelled(its.name),
        module: module === '' ? text('access.roles.here') : module,
      }),
    )
    return origins.length > 0 ? [...new Set(origins)].join(', ') : text('access.roles.no_rule_names_it')
  }
  const fields = [...model.fields.values()].filter(({ name }) => name !== 'id' && name !== 'version')
  const limited = fields.filter(
    (field) => field.only || (isOpen.read && may('read', field) !== 'yes') || (isOpen.write && may('update', field) !== 'yes'),
  )
  return {
    lines: limited.map((field) => ({
      label: labelOf(field, text),
      name: field.name,
      read: may('read', field),
      write: may('update', field),
      why: why(field),
    })),
    others: fields.length - limited.length,
  }
}
