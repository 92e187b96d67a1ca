/** An explanation tells what somebody may do and what records hold: each look-up leaves an entry in the audit log. */
import type { ExplanationAsk, Services } from '@tessera/core'
import { type Told, told } from './explanation-words.ts'

/** Why a user may do something or may not, in words. The caller must have the right to be told. */
export async function explainedTo(services: Services, ask: ExplanationAsk): Promise<Told> {
  const answer = await told(services, await services.access.explain(ask))
  const { user, verb, model, record, field } = ask
  await services.audit.note('explain', {
    model: model || undefined,
    record,
    user,
    details: { model, verb, ...(field !== undefined && { field }) },
  })
  return answer
}
