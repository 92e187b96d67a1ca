/** What may stand between braces in a mail: a known name, and `if` or `unless` around a part. */
import { UserError } from '@tessera/core'
import { namesIn } from '@tessera/web'

/** The values that a mail is filled with, each a text; without one it is empty. */
export const placeholders = [
  'number',
  'subject',
  'status',
  'type',
  'priority',
  'partner',
  'assignee',
  'team',
  'name',
  'author',
  'message',
  'reason',
  'url',
  'organisation',
] as const
export type Placeholder = (typeof placeholders)[number]

/** Refuses a text that asks for anything else than those names, with a sentence that names it. */
export function checkPlaceholders(text: string, known: readonly string[] = placeholders): void {
  const notPlain = (shown: string) =>
    new UserError(
      'notifications.not_plain',
      '{placeholder} cannot stand in a mail. Between two braces stands one of these names, alone or after #if or #unless: {known}.',
      { placeholder: shown, known: known.join(', ') },
    )
  for (const { name, shown } of namesIn(text, notPlain)) {
    if (known.includes(name)) continue
    if (name.includes('.')) throw notPlain(shown)
    throw new UserError('notifications.unknown_placeholder', '{placeholder} is no placeholder. Known are: {known}.', {
      placeholder: shown,
      known: known.join(', '),
    })
  }
}
