/** Saved replies for whoever has no script: asked for by a button of the composer, which sends nothing. */
import type { Action, ModelMeta, Reply, Request } from '@tessera/core'
import type { Begun } from '../screens.ts'
import { show } from './answer.ts'
import type { OfferedText } from './client.service.ts'
import { isId, type Typed } from './control.ts'
import { draftsInput, fileItem } from './files.ts'
import { demandRow, recordScreen } from './form.ts'
import { formPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'

/** The name of that button; empty it asks for all of them, else its value is the chosen one. */
export const repliesButton = '_replies'

/** The record again, with what was typed and attached, and the replies to choose from or the text of the chosen one behind it. */
export async function showReplies(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  id: string,
  action: Action,
  typed: Typed,
): Promise<Reply> {
  const row = await demandRow(reader, model, id)
  const screen = await recordScreen(reader, request, model, row)
  const { conversation } = screen
  const said = formPlan(reader, model).conversation?.say.find((each) => each.action.name === action.name)
  if (!conversation || !said) return show(reader.services, request, 'form', screen)
  const chosen = typed.get(repliesButton)?.at(-1) || undefined
  const about = { model, id, internal: said.internal }
  const replies = chosen === undefined || isId(chosen) ? await reader.services.client.savedReplies(about, chosen) : []
  const drafts = draftsInput(action)
  const begun: Begun = {
    ...(chosen === undefined ? toChoose(reader, typed, replies) : withText(reader, typed, replies[0])),
    files: (await reader.services.attachments.drafts(drafts === undefined ? [] : (typed.get(drafts) ?? []))).map((file) =>
      fileItem(reader, file),
    ),
  }
  const say = conversation.say.map((each) => (each.name === action.name ? { ...each, begun } : each))
  return show(reader.services, request, 'form', { ...screen, conversation: { ...conversation, say } })
}

function toChoose({ t }: Reader, typed: Typed, replies: readonly OfferedText[]): Pick<Begun, 'body' | 'replies' | 'hint'> {
  // As much of each as shows which it is.
  const shown = replies.map((each) => ({ ...each, text: each.text.slice(0, 200) }))
  return { body: bodyIn(typed), replies: shown, ...(replies.length === 0 && { hint: t('web.client_no_replies') }) }
}

/** Behind what was typed, with a line between; where it is gone meanwhile, that is said. */
function withText({ t }: Reader, typed: Typed, reply: OfferedText | undefined): Pick<Begun, 'body' | 'hint'> {
  const body = bodyIn(typed)
  if (!reply) return { body, hint: t('web.reply_gone') }
  const hint = reply.empty.length > 0 ? { hint: t('web.client_unfilled', { fields: reply.empty.join(', ') }) } : {}
  return { body: body.trim() === '' ? reply.text : `${body.trimEnd()}\n\n${reply.text}`, ...hint }
}

const bodyIn = (typed: Typed): string => typed.get('body')?.at(-1) ?? ''
