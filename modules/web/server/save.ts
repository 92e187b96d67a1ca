import { Forbidden, type ModelMeta, NotFound, type Reply, type Request, UserError, VersionMismatch } from '@tessera/core'
import type { Conflict } from '../screens.ts'
import { done, show } from './answer.ts'
import { typedIn, versionIn } from './body.ts'
import { forgetChoices } from './choices.ts'
import { columnOf } from './column-start.ts'
import { conditionSummary, withConditions } from './condition-field.ts'
import { conflictOf } from './conflict.ts'
import type { Typed } from './control.ts'
import { demandRow, newScreen, recordScreen, type Unsaved } from './form.ts'
import { type FormPlan, formPlan } from './form-plan.ts'
import { linesOf, withLines } from './lines-plan.ts'
import { type LineDeeds, LinesRefused, lateSummary, lineDeeds, mergedConflict, writeLines } from './lines-save.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { createRow, type Row, updateRow } from './rows.ts'
import { changesIn, draftIn } from './sent-values.ts'
import { fieldSentence, sentenceOf, summaryOf } from './sentence.ts'
import { inSentence, modelLabel } from './words.ts'

/** Saves a form; what cannot be saved comes back as it was typed, with what is wrong. */
export async function saveRecord(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  const row = await demandRow(reader, model, id)
  const plan = formPlan(reader, model)
  if (!plan.update.possible && ![...plan.fields.values()].some(({ fixed, field }) => !fixed && field.through.length > 0))
    throw mayNotEdit(reader, model)
  const sent = ownChoices(typedIn(request))
  const { typed: told, change, wrong } = withConditions(reader, plan, sent, row)
  const plans = linesOf(reader, model, plan)
  const { typed, change: changedLines } = withLines(plans, told)
  const version = versionIn(request)
  const back = withPlace(`/${model.path}/${id}`, placeIn(request.query))
  const again = async (stored: Row, status: number, unsaved: Omit<Unsaved, 'typed'>) =>
    show(reader.services, request, 'form', await recordScreen(reader, request, model, stored, { ...unsaved, typed }), { status })
  const collisionOf = async (stored: Row, lines: LineDeeds) => {
    const isOlder = version !== undefined && version !== stored.version
    const own = isOlder ? await conflictOf(reader, model, plan, stored, typed, version, back) : undefined
    return mergedConflict([own, lines.conflict].filter((each) => each !== undefined))
  }

  const tooLate = async ({ late }: LineDeeds) => {
    const left = new Map([...typed].filter(([name]) => !name.endsWith('._removed') || !late.has(name.slice(0, -'._removed'.length))))
    const screen = await recordScreen(reader, request, model, row, { typed: left, wrong: late, summary: lateSummary(reader, late) })
    return show(reader.services, request, 'form', screen, { status: 409 })
  }

  if (change || changedLines) return again(row, 200, { wrong })
  if (wrong.size > 0) return again(row, 422, { wrong, summary: conditionSummary(reader, plan, wrong) })
  const lines = await lineDeeds(reader, plans, typed, id, back)
  const conflict = await collisionOf(row, lines)
  if (conflict) return again(row, 409, { wrong, conflict })
  if (lines.late.size > 0) return tooLate(lines)
  try {
    const changes = changesIn(plan, typed, row, reader)
    const isChanged = Object.keys(changes).length > 0
    if (!isChanged && lines.deeds.length === 0) return done(request, back)
    await reader.records.transaction(async () => {
      if (isChanged) await updateRow(reader.records, model, id, changes, version)
      await writeLines(reader, lines.deeds, id)
    })
  } catch (error) {
    if (error instanceof VersionMismatch) {
      const stored = await demandRow(reader, model, id)
      const others = await lineDeeds(reader, plans, typed, id, back)
      const met = await collisionOf(stored, others)
      return met ? again(stored, 409, { wrong, conflict: met }) : others.late.size > 0 ? tooLate(others) : done(request, back)
    }
    if (!(error instanceof UserError) || error instanceof NotFound || error.code === 'access.confirm') throw error
    return again(row, error.status, unsavedOf(reader, model, plan, error))
  }
  forgetChoices(reader.app, model)
  return done(request, back, { tone: 'success', text: reader.t('web.saved') })
}

export async function createRecord(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const plan = formPlan(reader, model)
  const { typed: told, change: changedConditions, wrong } = withConditions(reader, plan, typedIn(request))
  const plans = linesOf(reader, model, plan)
  const { typed, change: changedLines } = withLines(plans, told)
  const change = changedConditions || changedLines
  if (change || wrong.size > 0) {
    const unsaved = { typed, wrong, ...(!change && { summary: conditionSummary(reader, plan, wrong) }) }
    return show(reader.services, request, 'form', await newScreen(reader, request, model, unsaved), { status: change ? 200 : 422 })
  }
  try {
    const { deeds } = await lineDeeds(reader, plans, typed, '', '')
    const created = await reader.records.transaction(async () => {
      const made = await createRow(reader.records, model, {
        ...(await columnOf(reader, model, request.query)),
        ...draftIn(plan, typed, reader),
      })
      await writeLines(reader, deeds, made.id)
      return made
    })
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

export function unsavedOf(
  { t }: Reader,
  model: ModelMeta,
  plan: FormPlan,
  error: UserError,
): Omit<Unsaved, 'typed'> & { conflict?: Conflict } {
  if (error instanceof LinesRefused) return { wrong: error.wrong, summary: { title: sentenceOf(error, t), items: error.items } }
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
