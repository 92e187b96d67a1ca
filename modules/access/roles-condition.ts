/** The condition of a rule in its form: rows of field, operator and value. */
import { type ModelMeta, type Request, type Services, UserError } from '@tessera/core'
import { filterBuilder, readFilter } from '@tessera/web'
import { formIn } from './roles-form.ts'

/** What was sent: the condition, and its part of the form as it was sent. */
export interface SentCondition {
  readonly where: object
  readonly control: string
  readonly fault: string | undefined
  /** A row was added or taken away: nothing is to be saved yet. */
  readonly isStep: boolean
}

const name = 'where'

/** The part of the form in which the condition is written. */
export async function conditionControl(services: Services, model: ModelMeta, where: object): Promise<string> {
  const label = services.text('access.roles.on_which')
  return (await filterBuilder(services, model, { name, label, where, placeholders: true })).html
}

export async function readCondition(request: Request, services: Services, model: ModelMeta): Promise<SentCondition> {
  const form = formIn(request)
  // Without it a rule would be about every record, which nobody said.
  if (!form.has(`${name}.join`))
    throw new UserError('access.no_condition', 'The form was sent without its condition. Open the rule again and save it from there.')
  const { where, change, errors } = readFilter(services, model, name, form)
  const label = services.text('access.roles.on_which')
  const { html } = await filterBuilder(services, model, { name, label, where: undefined, form, placeholders: true })
  return { where, control: html, fault: [...errors.values()][0], isStep: change !== undefined }
}
