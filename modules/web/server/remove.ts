import { Conflict, Forbidden, type ModelMeta, type Reply, type Request, VersionMismatch } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done, show } from './answer.ts'
import { versionIn } from './body.ts'
import { forgetChoices } from './choices.ts'
import { demandRow } from './form.ts'
import { formPlan } from './form-plan.ts'
import { hangingOn } from './hanging.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { sentenceOf } from './sentence.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

/** Asks before a record is deleted, and says what hangs on it. */
export async function removeScreen(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  id: string,
  refusal?: string,
): Promise<ConfirmScreen> {
  const { t } = reader
  const row = await demandRow(reader, model, id)
  const { remove } = formPlan(reader, model)
  if (!remove.possible || !remove.holds(row, reader.asking)) {
    const refused = { doing: 'delete', model: inSentence(modelLabel(model, t)) }
    throw new Forbidden('access.refused', 'Your role does not allow you to {doing} this {model}.', refused)
  }
  const place = placeIn(request.query)
  const here = `/${model.path}/${id}`
  const hanging = await hangingOn(reader, model, id)
  return {
    shell: await shellOf(reader, request, model.path),
    title: t('web.delete_noun', { noun: inSentence(modelLabel(model, t)) }),
    breadcrumbs: [
      { label: modelPlural(model, t), href: place.list ? `/${model.path}?${place.list}` : `/${model.path}` },
      { label: row.label ?? '', href: withPlace(here, place) },
    ],
    subject: row.label ?? '',
    text: t(hanging.hinders ? 'web.delete_hindered' : 'web.delete_text'),
    action: withPlace(`${here}/delete`, place),
    values: typeof row.version === 'number' ? [{ name: '_version', value: String(row.version) }] : [],
    fields: [],
    consequences: hanging.facts,
    ...(!hanging.hinders && { confirm: { label: t('web.delete_now'), danger: true } }),
    cancel: withPlace(here, place),
    ...(refusal !== undefined && { errors: { title: refusal, items: [] } }),
  }
}

export async function removeRecord(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  const { list } = placeIn(request.query)
  try {
    await reader.records.remove(model.handle, id, versionIn(request))
  } catch (error) {
    if (!(error instanceof Conflict) || error instanceof VersionMismatch) throw error
    const screen = await removeScreen(reader, request, model, id, sentenceOf(error, reader.t))
    return show(reader.services, request, 'confirm', screen, { status: error.status })
  }
  forgetChoices(reader.app, model)
  const text = reader.t('web.deleted_record', { noun: modelLabel(model, reader.t) })
  return done(request, list ? `/${model.path}?${list}` : `/${model.path}`, { tone: 'success', text })
}
