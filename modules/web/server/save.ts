import { Forbidden, type ModelMeta, NotFound, type Reply, type Request, UserError, VersionMismatch } from '@tessera/core'
import type { Conflict } from '../screens.ts'
import { done, show } from './answer.ts'
import { typedIn, versionIn } from './body.ts'
import { forgetChoices } from './choices.ts'
import { conditionSummary, withConditions } from './condition-field.ts'
import { conflictOf } from './conflict.ts'
import { isAsStored, type Typed, typedValue } from './control.ts'
import { demandRow, newScreen, recordScreen, type Unsaved } from './form.ts'
import { type FormPlan, formPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { createRow, type Row, updateRow } from './rows.ts'
import { fieldSentence, sentenceOf, summaryOf } from './sentence.ts'
import { inSentence, modelLabel } from './words.ts'

/** Saves a form; what cannot be saved comes back as it was typed, with what is wrong. */
export async function saveRecord(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  const row = await demandRow(reader, model, id)
  const plan = formPlan(reader, model)
  if (!plan.update.possible && ![...plan.fields.values()].some(({ fixed, field }) => !fixed && field.through.length > 0))
    throw mayNotEdit(reader, model)
  const sent = ownChoices(typedIn(request))
  const { typed, change, wrong } = withConditions(reader, plan, sent, row)
  const version = versionIn(request)
  const back = withPlace(`/${model.path}/${id}`, placeIn(request.query))
  const again = async (stored: Row, status: number, unsaved: Omit<Unsaved, 'typed'>) =>
    show(reader.services, request, 'form', await recordScreen(reader, request, model, stored, { ...unsaved, typed }), { status })
  const collide = async (stored: Row, given: number) => {
    const conflict = await conflictOf(reader, model, plan, stored, typed, given, back)
    return conflict ? again(stored, 409, { wrong: new Map(), conflict }) : done(request, back)
  }

  if (change) return again(row, 200, { wrong })
  if (wrong.size > 0) return again(row, 422, { wrong, summary: conditionSummary(reader, plan, wrong) })
  if (version !== undefined && version !== row.version) return collide(row, version)
  try {
    const changes = changesIn(plan, typed, row, reader)
    if (Object.keys(changes).length === 0) return done(request, back)
    await updateRow(reader.records, model, id, changes, version)
  } catch (error) {
    if (error instanceof VersionMismatch && version !== undefined) return collide(await demandRow(reader, model, id), version)
    if (!(error instanceof UserError) || error instanceof NotFound || error.code === 'access.confirm') throw error
    return again(row, error.status, unsavedOf(reader, model, plan, error))
  }
  forgetChoices(reader.app, model)
  return done(request, back, { tone: 'success', text: reader.t('web.saved') })
}

export async function createRecord(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const plan = formPlan(reader, model)
  const { typed, change, wrong } = withConditions(reader, plan, typedIn(request))
  if (change || wrong.size > 0) {
    const unsaved = { typed, wrong, ...(!change && { summary: conditionSummary(reader, plan, wrong) }) }
    return show(reader.services, request, 'form', await newScreen(reader, request, model, unsaved), { status: change ? 200 : 422 })
  }
  try {
    const created = await createRow(reader.records, model, draftIn(plan, typed, reader))
    forgetChoices(reader.app, model)
    return done(request, `/${model.path}/${created.id}`, {
      tone: 'success',
      text: reader.t('web.created_record', { noun: modelLabel(model, reader.t) }),
    })
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'access.confirm' || !reader.ability.possible('create', model)) throw error
    const unsaved = { typed, ...unsavedOf(reader, model, plan, error) }
    return show(reader.services, request, 'form', await newScreen(reader, request, model, unsaved), { status: error.status })
  }
}

/** After a conflict, each field was decided: theirs is what is stored, so it is not written. */
function ownChoices(typed: Typed): Typed {
  return new Map([...typed].filter(([name]) => typed.get(`_merge.${name}`)?.at(-1) !== 'theirs'))
}

/** Only what is no longer as it is stored: a control may hold less than the value (a time without its seconds). */
function changesIn(plan: FormPlan, typed: Typed, row: Row, { formats, zone }: Reader): Record<string, unknown> {
  const changes: Record<string, unknown> = {}
  for (const [name, texts] of typed) {
    const planned = plan.fields.get(name)
    if (!planned || planned.fixed || isAsStored(planned.field, texts, row[name], formats)) continue
    changes[name] = typedValue(planned.field, texts, zone)
  }
  return changes
}

/** What was left empty is left out, so that defaults and suggestions fill it. */
function draftIn(plan: FormPlan, typed: Typed, { zone }: Reader): Record<string, unknown> {
  const draft: Record<string, unknown> = {}
  for (const [name, texts] of typed) {
    const planned = plan.fields.get(name)
    if (!planned || planned.fixed) continue
    const value = typedValue(planned.field, texts, zone)
    if (value !== null && !(Array.isArray(value) && value.length === 0)) draft[name] = value
  }
  return draft
}

export function unsavedOf(
  { t }: Reader,
  model: ModelMeta,
  plan: FormPlan,
  error: UserError,
): Omit<Unsaved, 'typed'> & { conflict?: Conflict } {
  const wrong = new Map(
    error.errors.filter(({ field }) => plan.fields.has(field)).map((each) => [each.field, fieldSentence(each, model, t)]),
  )
  return { wrong, summary: { ...summaryOf(error, model, new Set(wrong.keys()), t), title: sentenceOf(error, t) } }
}

function mayNotEdit({ t }: Reader, model: ModelMeta): Forbidden {
  return new Forbidden('access.refused', 'Your role does not allow you to {doing} this {model}.', {
    doing: 'update',
    model: inSentence(modelLabel(model, t)),
  })
}
