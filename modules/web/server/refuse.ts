import { Forbidden, type ModelMeta } from '@tessera/core'
import type { Reader } from './reader.ts'
import { inSentence, modelPlural } from './words.ts'

/** Refuses (403) somebody who may read no record of the model at all. */
export function refuseReading({ ability, services, t }: Reader, model: ModelMeta): void {
  if (ability.possible('read', model)) return
  throw new Forbidden('request.unreadable', '{name} may not read {model}.', {
    name: services.context.caller.name,
    model: inSentence(modelPlural(model, t)),
  })
}

/** Refuses (403) somebody who may create none. */
export function refuseCreation({ ability, t }: Reader, model: ModelMeta): void {
  if (!model.appendOnly && ability.possible('create', model)) return
  throw new Forbidden('access.may_not_create', 'Your role does not allow you to create {model}.', {
    model: inSentence(modelPlural(model, t)),
  })
}
