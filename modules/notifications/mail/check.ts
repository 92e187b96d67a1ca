/** What is looked at when a template is saved, so that no mail fails later. */
import { UserError } from '@tessera/core'
import { checkPlaceholders } from './placeholders.ts'
import { plainText } from './plain-text.ts'
import { compiledHtml } from './render.ts'

/** Each refuses with a sentence that names what is wrong. */
export const checkTemplate = {
  subject(subject: string): void {
    checkPlaceholders(subject)
  },

  async body(body: string, language: string): Promise<void> {
    checkPlaceholders(body)
    checkTags(body)
    // As text too, where nothing keeps braces apart that HTML keeps apart.
    checkPlaceholders(plainText(body))
    checkNothingLost(body)
    await compileOrExplain(body, language)
  },
}

/** MJML parts of a column, and simple HTML within them. */
const parts = ['mj-text', 'mj-button', 'mj-divider', 'mj-spacer', 'mj-table', 'mj-image']
const simple = [
  'p',
  'br',
  'b',
  'strong',
  'i',
  'em',
  'u',
  'small',
  'span',
  'bdi',
  'a',
  'ul',
  'ol',
  'li',
  'blockquote',
  'h1',
  'h2',
  'h3',
  'hr',
]
const tabular = ['table', 'thead', 'tbody', 'tr', 'th', 'td']
const known: ReadonlySet<string> = new Set([...parts, ...simple, ...tabular])

/** `mj-include` and whatever else could read a file, run or break out of the frame is not among the known. */
function checkTags(body: string): void {
  for (const [, name = ''] of body.matchAll(/<[/!?]*\s*([^\s/>]*)/g)) {
    if (known.has(name) || name.startsWith('--')) continue
    throw new UserError(
      'notifications.unknown_tag',
      '"<{tag}>" cannot stand in a mail. Parts of a mail are {parts}; within a text there may be {simple}.',
      { tag: name, parts: parts.join(', '), simple: [...simple, 'table'].join(', ') },
    )
  }
}

async function compileOrExplain(body: string, language: string): Promise<void> {
  try {
    await compiledHtml(body, language)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(
      'notifications.no_mjml',
      'This is no MJML that makes a mail: {problem}.',
      { problem: problemOf(error) },
      { cause: error },
    )
  }
}

/** Between the parts of a mail MJML drops every text. */
function checkNothingLost(body: string): void {
  const outside = body
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/<(mj-text|mj-button|mj-table)\b[^>]*>.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]*>/g, '')
    .trim()
  if (outside === '') return
  throw new UserError(
    'notifications.outside',
    '"{text}" stands between the parts of the mail, where it would be lost. Put it into <mj-text>.',
    {
      text: outside.slice(0, 60),
    },
  )
}

/** The first error without the path of the machine and the line of the frame. */
function problemOf(error: unknown): string {
  const first =
    typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined
  const message =
    first && typeof first === 'object' && 'message' in first ? String(first.message) : error instanceof Error ? error.message : ''
  return message.split('\n', 1)[0]!.replace(/[.\s]+$/, '')
}
