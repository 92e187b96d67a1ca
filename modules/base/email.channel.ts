/** Mail by SMTP: one pool of connections for each application of a process, closed when nothing was sent for a while. */
import { Readable } from 'node:stream'
import { outsideSeconds, type Services } from '@tessera/core'
import { type Channel, type Outgoing, Undeliverable } from './channel.ts'

export function emailChannel({ app, config }: Services): Channel {
  const { smtpUrl, mailFrom } = config
  return {
    name: 'email',
    label: 'Email',
    takesFiles: true,
    notReady: () => (smtpUrl === undefined ? 'No mail server is set: SMTP_URL.' : undefined),
    async send(message) {
      if (smtpUrl === undefined) throw new Error('No mail server is set: SMTP_URL.')
      if (!isAddress(message.to)) throw new Undeliverable(`"${message.to}" is no email address.`)
      const post = await postOf(app, smtpUrl, outsideSeconds(config))
      const mail = mailOf(message, mailFrom)
      try {
        await post.send(mail)
      } catch (error) {
        throw inWords(error)
      } finally {
        // What was not read to its end stays open otherwise.
        for (const { content } of mail.attachments) content.destroy()
      }
    },
  }
}

/** One receiver and nothing else: no second address, no name, nothing that could end a header. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{C}<>()[\],;:\\"@]{1,64}@[^\s\p{C}<>()[\],;:\\"@]+$/u.test(text)
}

function mailOf({ messageId, to, subject, text, html, references, files = [] }: Outgoing, from: string) {
  return {
    from,
    // As a name and an address, it is never taken apart.
    to: { name: '', address: to },
    subject: oneLine(subject ?? ''),
    text,
    ...(html !== undefined && { html }),
    messageId,
    ...(references.length > 0 && { references: [...references], inReplyTo: references.at(-1)! }),
    // So that no other program answers, and the two do not write to each other for ever.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments: files.map(({ name, type, content }) => ({
      filename: name,
      contentType: type,
      contentDisposition: 'attachment' as const,
      content: Readable.from(content()),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').trim()
}

/** What is known of a failure, as a sentence. What nodemailer says may be long; of the address of the server it says only host and port. */
function inWords(error: unknown): Error {
  const { code, responseCode, response, message } = error as { code?: string; responseCode?: number; response?: string; message?: string }
  const answer = oneLine(response ?? '').slice(0, 300)
  // A refused password or greeting says nothing about this message: those are mended, and then it can be sent.
  const isAboutThis = code === 'EENVELOPE' || code === 'EMESSAGE'
  if (isAboutThis && responseCode !== undefined && responseCode >= 500)
    return new Undeliverable(`The mail server refused it: ${answer}`, { cause: error })
  if (answer) return new Error(`The mail server did not take it: ${answer}`, { cause: error })
  return new Error(`The mail server was not reached: ${oneLine(message ?? String(error)).slice(0, 300)}`, { cause: error })
}

interface Post {
  send(mail: ReturnType<typeof mailOf>): Promise<unknown>
}

const posts = new WeakMap<Services['app'], Promise<Post>>()
function postOf(app: Services['app'], url: string, seconds: number): Promise<Post> {
  const known = posts.get(app) ?? openPost(url, seconds * 1000, () => posts.delete(app))
  posts.set(app, known)
  return known
}

/** Nodemailer is loaded with the first mail: a process that sends none need not hold it. */
async function openPost(url: string, answerMs: number, closed: () => void): Promise<Post> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    // The outbox tries again, and knows what it tried.
    maxRequeues: 0,
    dnsTimeout: answerMs,
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    // Once it has all of a mail it may look into it for a while.
    socketTimeout: 2.5 * answerMs,
  })
  let sending = 0
  let idle: NodeJS.Timeout | undefined
  const close = () => {
    closed()
    transport.close()
  }
  return {
    async send(mail) {
      clearTimeout(idle)
      sending++
      try {
        return await transport.sendMail(mail)
      } finally {
        sending--
        if (sending === 0) idle = setTimeout(close, idleMs)
      }
    },
  }
}

/** A connection that stays open keeps a process from ending, and mail servers end those that say nothing. */
const idleMs = 1_000
