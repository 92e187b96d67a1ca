import { type Channel, failureOf, inParts, type Outgoing, Undeliverable } from '@tessera/base'
import { fetchOutside, type OutsideAnswer, type Services } from '@tessera/core'
import { ChatChannel } from './chat-channel.model.ts'
import { type OutgoingMapping, outgoingMapping } from './mapping.ts'
import { textAt } from './paths.ts'

/** What the names of these channels begin with. */
export const prefix = 'chat.'

/** Sends by one chat service as it is set up when the message goes out. */
export function chat(name: string, services: Services): Channel {
  return {
    name: `${prefix}${name}`,
    label: `Chat ${name}`,
    // Whether it is set up is in the database, and said by `send`: the message waits and is tried again.
    notReady: () => undefined,
    async send(message) {
      const about = await services.asSystem('A message goes out by a chat service, with its token.').find(ChatChannel, { name })
      if (!about?.active) throw new Error(`There is no active chat service "${name}". Set it up under Configuration, Chat services.`)
      const mapping = outgoingMapping.parse(about.outgoing)
      for (const text of inParts(message.text, mapping.longest ?? Number.POSITIVE_INFINITY)) {
        const answer = await fetchOutside(...request(mapping, { ...message, text }, about), services.config)
        const failure = failureIn(answer, mapping, about.label)
        if (failure) throw failure
      }
    },
  }
}

function request(
  mapping: OutgoingMapping,
  { to, text, messageId }: Pick<Outgoing, 'to' | 'text' | 'messageId'>,
  { account, accessToken }: ChatChannel,
) {
  const values: Readonly<Record<string, string>> = { to, text, messageId, account: account ?? '' }
  const withToken = { ...values, token: accessToken ?? '' }
  const headers = Object.entries(mapping.headers).map(([name, value]) => [name, filled(value, withToken)])
  const encoded = Object.fromEntries(Object.entries(withToken).map(([name, value]) => [name, encodeURIComponent(value)]))
  return [
    filled(mapping.url, encoded),
    {
      method: mapping.method,
      headers: { 'content-type': 'application/json', 'user-agent': 'Tessera', ...Object.fromEntries(headers) },
      body: JSON.stringify(filledIn(mapping.body, values)),
    },
  ] as const
}

/** Into the values of what is JSON already: no text that somebody writes can become more than a text. */
function filledIn(template: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') return filled(template, values)
  if (Array.isArray(template)) return template.map((each) => filledIn(each, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, filledIn(value, values)]))
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : whole))
}

/** What went wrong: by the code in the answer where the mapping knows it, else by the status. */
function failureIn({ status, text }: OutsideAnswer, { answer }: OutgoingMapping, label: string): Error | undefined {
  const isFine = status >= 200 && status <= 299
  const code = answer && textAt({ value: parsed(text), holder: undefined }, answer.code)
  const isAmong = (codes: readonly (string | number)[]) => codes.some((each) => String(each) === code)
  if (isFine && (!answer?.accepted || isAmong(answer.accepted))) return undefined
  const sentence = `${label} answered with the status ${status}${code === undefined ? '' : ` and the code ${code}`}.`
  if (answer && isAmong(answer.permanent)) return new Undeliverable(sentence)
  return isFine || (answer && isAmong(answer.temporary)) ? new Error(sentence) : failureOf(status, sentence)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
