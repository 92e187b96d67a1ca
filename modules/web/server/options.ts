import {
  BadRequest,
  choiceOf,
  choiceOfAny,
  inputsOf,
  isGiven,
  type ModelMeta,
  type Reply,
  type Request,
  readableField,
} from '@tessera/core'
import { demandAction } from './actions.ts'
import { json } from './answer.ts'
import { isId } from './control.ts'
import { formPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { amongFor } from './remains.ts'
import { findRow, queryRows } from './rows.ts'

const mostOffered = 20

/** The records that a relation field offers for what was typed, within its choice and the reader's rules. */
export async function optionsFor(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const name = request.query.get('field') ?? ''
  const { target, where } = await offeredBy(reader, request, model, name)
  const q = (request.query.get('q') ?? '').slice(0, 200)
  const detail = detailOf(reader, target)
  const ask = { fields: detail ? [detail] : [], q, limit: mostOffered, offered: !request.query.has('every') }
  const found = await queryRows(reader.records, target, { ...ask, where }).catch((error: unknown) => {
    // A choice by a field that this reader may not see: the write still checks it.
    if (where && error instanceof BadRequest) return queryRows(reader.records, target, ask)
    throw error
  })
  const data = found.rows.map((row) => {
    const more = detail ? row[detail] : undefined
    return { id: row.id, label: row.label ?? '', ...(typeof more === 'string' && more !== row.label && { detail: more }) }
  })
  return json({ data })
}

async function offeredBy(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  name: string,
): Promise<{ target: ModelMeta; where: object | undefined }> {
  const action = request.query.get('action')
  if (action !== null) {
    const asked = demandAction(reader, model, action)
    const reference = inputsOf(asked).find((input) => input.name === name)?.reference
    const id = request.query.get('id') ?? ''
    if (asked.remains?.as === name && isId(id)) return { target: model, where: { $or: await amongFor(reader, model, asked, id) } }
    if (reference) return { target: reader.app.models.of(reference.model), where: reference.where }
  }
  // A condition may compare with every record, not only with those that may be chosen now.
  const isEvery = request.query.has('every')
  if (isEvery && name === 'id') return { target: model, where: undefined }
  const field = readableField(reader.ability, model, name)
  if (!field || field.kind === 'scalar') throw new BadRequest('web.no_options', '"{field}" offers no records.', { field: name })
  if (isEvery) return { target: field.target, where: undefined }
  const id = request.query.get('id') ?? ''
  const row = isId(id) && isGiven(field.where) ? await findRow(reader.records, model, id, formPlan(reader, model).needs) : undefined
  return { target: field.target, where: row ? choiceOf(field, row, { now: reader.now, isNew: false }) : choiceOfAny(field) }
}

/** The second line of an offer: the first text by which the model is searched, besides its own name. */
export function detailOf({ ability, app }: Pick<Reader, 'ability' | 'app'>, target: ModelMeta): string | undefined {
  return app.screens(target).search.texts.find((path) => {
    const field = readableField(ability, target, path)
    return field?.kind === 'scalar' && !path.includes('.') && !target.title.needs.includes(path)
  })
}
