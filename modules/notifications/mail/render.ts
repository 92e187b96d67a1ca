/** From a template and values to a mail. */
import { createHash } from 'node:crypto'
import { fillerOf } from '@tessera/web'
import handlebars from 'handlebars'
import { framed } from './frame.ts'
import { checkPlaceholders, type Placeholder, placeholders } from './placeholders.ts'
import { plainText, tidy } from './plain-text.ts'

export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
}
/** What a template says in one language. */
export interface Wording {
  readonly subject: string
  readonly body: string
}
export type MailValues = Readonly<Record<Placeholder, string>> & {
  readonly footer: string
  /** What is said of files that do not come along. */
  readonly files: string
}

/** The mail of a template in a language. Values are texts and nothing else: HTML in them is shown, not followed. */
export async function renderMail({ subject, body }: Wording, language: string, values: MailValues): Promise<Mail> {
  const html = await compiledHtml(body, language)
  return {
    subject: oneLine(compiledText(subject)(values)),
    text: renderText(body, values),
    html: html({ ...values, message: withBreaks(values.message) }),
  }
}

/** The same as text alone, as a chat takes it. Where there is no page to open, there is no button. */
export function renderText(body: string, values: MailValues): string {
  const parts = values.url === '' ? body.replaceAll(/<mj-button\b.*?<\/mj-button>/gs, '') : body
  return tidy(compiledText(plainText(parts))(values))
}

type Filler = ReturnType<typeof fillerOf>

/** The compiled MJML, as Handlebars fills it. Rejects with the errors of MJML. */
export async function compiledHtml(body: string, language: string): Promise<Filler> {
  const key = createHash('sha256').update(`${language}\n${body}`).digest('base64')
  const known = compiled.get(key)
  if (known) return known
  // Loaded when the first mail is made: it brings two hundred packages along.
  const { default: mjml } = await import('mjml')
  const { html } = await mjml(framed(body, language), { validationLevel: 'strict', ignoreIncludes: true, keepComments: false, fonts: {} })
  // Once more in what came out: a comment that is taken away could have kept two braces apart.
  checkPlaceholders(html, [...placeholders, 'footer', 'files'])
  const template = fillerOf(html, { escapes: true })
  if (compiled.size >= 200) compiled.clear()
  compiled.set(key, template)
  return template
}
const compiled = new Map<string, Filler>()

function compiledText(text: string): Filler {
  checkPlaceholders(text)
  return fillerOf(text)
}

function withBreaks(message: string): unknown {
  if (message === '') return ''
  return new handlebars.SafeString(handlebars.escapeExpression(message).replaceAll(/\r?\n/g, '<br>'))
}

/** A header is one line, whatever a customer wrote as his subject. */
function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim()
    .slice(0, 250)
}
