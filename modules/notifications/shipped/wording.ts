/** How the shipped mails are put together, in every language alike. */
import type { Wording } from '../mail/render.ts'

/** The shipped templates: event and receiver. */
export type Shipped =
  | 'created_partner'
  | 'created_team'
  | 'assigned_assignee'
  | 'assigned_team'
  | 'replied_partner'
  | 'replied_assignee'
  | 'replied_team'
  | 'status_partner'
  | 'status_assignee'
  | 'closed_partner'
  | 'closed_assignee'
  | 'mentioned_follower'
  | 'replied_follower'
  | 'status_follower'
  | 'closed_follower'
  | 'planned_doer'
  | 'due_doer'
  | 'overdue_assignee'
  | 'atRisk_assignee'
export type Wordings = Readonly<Record<Shipped, Wording>>

interface About {
  readonly subject: string
  /** Paragraphs; `quote` is what was said, `ifLinked` what only whoever can open the ticket needs. */
  readonly says: readonly string[]
  readonly button: string
  /** Where the button leads: to the ticket unless told. */
  readonly to?: string
}

/** Stands alone as a paragraph: what was said, where something was said. */
export const quote = '{{#if message}}<blockquote><p dir="auto">{{message}}</p></blockquote>{{/if}}'

/** Somebody in a chat may have no account: then there is no link, and nothing is said of it. */
export const ifLinked = (paragraph: string): string => `{{#if url}}<p>${paragraph}</p>{{/if}}`

const isBlock = (each: string): boolean => /^\{\{#if (message|url)\}\}.*\{\{\/if\}\}$/.test(each)

/** The same for a language that is read from the right: a name or number that is not keeps its own direction and its punctuation. */
export function wordingFromRight(about: About): Wording {
  const says = about.says.map((each) => (each === quote ? each : each.replaceAll(/\{\{(?!reason)\w+\}\}(?!")/g, '<bdi>$&</bdi>')))
  return wording({ ...about, says })
}

export function wording({ subject, says, button, to = '{{url}}' }: About): Wording {
  const paragraphs = says.map((each) => (isBlock(each) ? `  ${each}` : `  <p>${each}</p>`))
  return { subject, body: ['<mj-text>', ...paragraphs, '</mj-text>', `<mj-button href="${to}">${button}</mj-button>`].join('\n') }
}
