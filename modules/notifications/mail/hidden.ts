/** A mail to whom rules hide something: the lines that would name it vanish, with what stands around it. */
import { labelOf, type Services } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import type { Placeholder } from './placeholders.ts'
import type { Wording } from './render.ts'

/** The template without the paragraphs, items and rows that name what is hidden; a subject that does is the ticket's number alone. */
export function withoutHidden({ subject, body }: Wording, hidden: ReadonlySet<Placeholder>, { app, text }: Services): Wording {
  if (hidden.size === 0) return { subject, body }
  return {
    subject: names(subject, hidden) ? `${labelOf(app.models.of(Ticket), text)} {{number}}` : subject,
    body: body.replaceAll(lines, (line) => (isWhole(line) && names(line, hidden) ? '' : line)),
  }
}

const lines = /<(p|li|tr|h[1-3])\b[^>]*>(?:(?!<\1\b).)*?<\/\1>/gs

/** What is asked for with `if` goes by itself when it is empty. */
function names(text: string, hidden: ReadonlySet<Placeholder>): boolean {
  const rest = [...hidden].reduce((left, name) => left.replaceAll(new RegExp(`\\{\\{#if ${name}\\}\\}.*?\\{\\{/if\\}\\}`, 'gs'), ''), text)
  return [...hidden].some((name) => rest.includes(`{{${name}}}`))
}

/** A condition that begins in one line and ends in another is left: what is hidden is empty there all the same. */
function isWhole(line: string): boolean {
  return line.split('{{#').length === line.split('{{/').length
}
