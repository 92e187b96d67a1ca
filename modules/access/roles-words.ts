/** Rules in words. */
import { conditionInWords } from '@tessera/base'
import { labelOf, type ModelMeta, type RuleSource, type Services, UserError } from '@tessera/core'

/** On which records: "Team is one of the user's teams", or every record. What cannot be read is shown as it is written. */
export async function whereInWords(services: Services, model: ModelMeta | undefined, where: object | undefined): Promise<string> {
  if (!where || Object.keys(where).length === 0) return services.text('access.roles.every')
  try {
    return model ? await conditionInWords(services, model, where) : JSON.stringify(where)
  } catch (error) {
    if (error instanceof UserError || error instanceof TypeError) return JSON.stringify(where)
    throw error
  }
}

/** All that a rule says besides its verbs. */
export async function ruleInWords(services: Services, model: ModelMeta | undefined, rule: RuleSource): Promise<string> {
  const { text } = services
  if (rule.permission !== undefined) return text(`access.permission.${rule.permission}`)
  const where = await whereInWords(services, model, rule.where)
  const said = rule.cannot ? text('access.roles.not_where', { where }) : where
  if (!rule.fields) return said
  return text('access.roles.with_fields', { where: said, fields: fieldsInWords(services, model, rule.fields) })
}

/** With its verbs: "Read, Update: Team is one of the user's teams". */
export async function wholeRuleInWords(services: Services, model: ModelMeta | undefined, rule: RuleSource): Promise<string> {
  const words = await ruleInWords(services, model, rule)
  return rule.permission !== undefined ? words : `${verbsInWords(services, model, rule.verbs ?? [])}: ${words}`
}

export function verbsInWords({ app, text }: Services, model: ModelMeta | undefined, names: readonly string[]): string {
  return names
    .map((name) => {
      const action = model && app.actions(model).find((each) => each.name === name)
      if (action) return labelOf(action, text)
      const said = text(`access.roles.verb_${name}`)
      return said.startsWith('access.roles.') ? name : said
    })
    .join(', ')
}

export function fieldsInWords({ text }: Services, model: ModelMeta | undefined, names: readonly string[]): string {
  return names
    .map((name) => {
      const field = model?.fields.get(name)
      return field ? labelOf(field, text) : name
    })
    .join(', ')
}
