/** `offered=ticket.type`: of the records of a list those that a relation may be given, as its form offers them. */
import type { BadRequest } from '../../errors.ts'
import { choiceOf } from '../../model/choice.ts'
import { isGiven } from '../../model/define.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Erased } from '../../model/types.ts'
import type { Composition } from '../../module/composition.ts'
import type { Services } from '../../service/services.ts'
import type { Condition } from './filter.ts'
import { badParameter, unknownField } from './path.ts'
import { readableFields, refuseUnreadable } from './readable.ts'

/** A relation, and for one whose choice follows from its record that record: `partner.head:<id>`. */
export interface Choice {
  readonly model: string
  readonly field: string
  readonly record: string | undefined
}

/** What `offered` says; undefined for what names no relation. */
export function parseChoice(text: string): Choice | undefined {
  const [, model, field, record] = /^(\w+)\.(\w+)(?::([0-9a-f-]{36}))?$/i.exec(text) ?? []
  return model !== undefined && field !== undefined ? { model, field, record } : undefined
}

/** The condition on the records of `target`; undefined for all of them. Throws a BadRequest for a relation that leads elsewhere. */
export async function choiceWhere(
  services: Services,
  { models }: Pick<Composition, 'models'>,
  target: ModelMeta,
  { model: name, field: relation, record }: Choice,
): Promise<Condition | undefined> {
  const model = models.byName(name)
  if (!model?.exposed) throw elsewhere(target, `${name}.${relation}`)
  refuseUnreadable(services, model)
  const known = readableFields(services.context.caller.ability, model)
  const field = known.has(relation) ? model.fields.get(relation) : undefined
  if (!field) throw unknownField(model, relation, known, 'offered')
  if (field.kind === 'scalar' || field.target !== target) throw elsewhere(target, `${name}.${relation}`)
  if (!isGiven(field.where)) return field.where as Condition | undefined
  if (record === undefined)
    throw badParameter(
      'offered',
      'request.choice_of_record',
      'What "{relation}" takes follows from its record: write offered={relation}:<id>.',
      { relation: `${name}.${relation}` },
    )
  const row = await services.records.get<Erased, string>(model.handle, record, field.where.needs)
  return choiceOf(field, row, { now: services.context.now, isNew: false }) as Condition
}

function elsewhere(target: ModelMeta, relation: string): BadRequest {
  return badParameter('offered', 'request.no_choice', '"{relation}" is no relation that names {model}.', {
    relation,
    model: target.plural.toLowerCase(),
  })
}
