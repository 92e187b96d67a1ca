/** From a template and values to a mail. */
import { createHash } from 'node:crypto'
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
    subject: oneLine(compiledText(subject)(alone(values))),
    text: renderText(body, values),
    html: html(alone({ ...values, message: withBreaks(values.message) })),
  }
}

/** The same as text alone, as a chat takes it. Where there is no page to open, there is no button. */
export function renderText(body: string, values: MailValues): string {
  const parts = values.url === '' ? body.replaceAll(/<mj-button\b.*?<\/mj-button>/gs, '') : body
  return tidy(compiledText(plainText(parts))(alone(values)))
}

/** The compiled MJML, as Handlebars fills it. Rejects with the errors of MJML. */
export async function compiledHtml(body: string, language: string): Promise<HandlebarsTemplateDelegate> {
  const key = createHash('sha256').update(`${language}\n${body}`).digest('base64')
  const known = compiled.get(key)
  if (known) return known
  // Loaded when the first mail is made: it brings two hundred packages along.
  const { default: mjml } = await import('mjml')
  const { html } = await mjml(framed(body, language), { validationLevel: 'strict', ignoreIncludes: true, keepComments: false, fonts: {} })
  // Once more in what came out: a comment that is taken away could have kept two braces apart.
  checkPlaceholders(html, [...placeholders, 'footer', 'files'])
  const template = sandbox.compile(html, options)
  if (compiled.size >= 200) compiled.clear()
  compiled.set(key, template)
  return template
}
const compiled = new Map<string, HandlebarsTemplateDelegate>()

function compiledText(text: string): HandlebarsTemplateDelegate {
  checkPlaceholders(text)
  return sandbox.compile(text, { ...options, noEscape: true })
}

/** Handlebars with two helpers, no partials, and nothing that anybody else registers. */
const sandbox = handlebars.create()
for (const name of Object.keys(sandbox.helpers)) if (name !== 'if' && name !== 'unless') sandbox.unregisterHelper(name)
const options: CompileOptions = { knownHelpersOnly: true, strict: true }

/** No prototype: a name finds what was put there, or nothing. */
function alone(values: Readonly<Record<string, unknown>>): object {
  return Object.assign(Object.create(null) as object, values)
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
