import { randomUUID } from 'node:crypto'
import { type Records, type Services, UserError, type Where } from '@tessera/core'
import type { MailedFile } from './mailed-files.ts'
import { deliver } from './outbox.job.ts'
import { OutboxMessage } from './outbox-message.model.ts'
import { Postman } from './postman.ts'

declare module '@tessera/core' {
  interface Services {
    readonly outbox: OutboxService
  }
}

/** What is to be sent, to one receiver. */
export interface Mail {
  /** What the channel calls the receiver: an email address, the number of a chat. */
  readonly to: string
  readonly subject?: string | undefined
  readonly text: string
  readonly html?: string | undefined
  /** `email` unless told. */
  readonly channel?: string | undefined
  /** The record that it tells of. */
  readonly about?: { readonly model: string; readonly record: string } | undefined
  /** What it tells of: `ticket.created`. */
  readonly event?: string | undefined
  /** What belongs together, such as a ticket's id: one receiver gets its messages in their order, as one thread. */
  readonly conversation?: string | undefined
  /** The text signs somebody in: only administrators may read it, and it is erased once it is delivered. */
  readonly secret?: boolean | undefined
  /** After this it would tell nothing true any more, and is not sent. */
  readonly validUntil?: Date | undefined
  /** Attachments that go with it, by a channel that takes files; what is gone when it is sent is left out. */
  readonly files?: readonly MailedFile[] | undefined
}

/**
 * Everything that goes out to people, by mail or chat. A message is written in the transaction of what it tells of, so that
 * neither happens without the other, and delivered after the commit: at least once, under one Message-ID.
 */
export class OutboxService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  async send(mail: Mail): Promise<void> {
    const { channel } = await this.#write(mail)
    if (this.#whyNot(channel) === undefined) await this.#services.jobs.send(deliver, { channel })
  }

  /** Writes a message, tries it once here and now, and tells what came of it: for tests of the set-up. */
  async sendNow(mail: Mail): Promise<OutboxMessage> {
    const { id, channel } = await this.#write(mail)
    if (this.#whyNot(channel) === undefined) await this.#postman(channel).deliver(id)
    return this.#system.get(OutboxMessage, id)
  }

  /** Behind the action: at once, and as often again as if it were new. */
  async retry(message: OutboxMessage): Promise<void> {
    const { channel, secret, text, attempts } = message
    if (secret && text === null) {
      throw new UserError('base.message_erased', 'The text of this message was erased, so that it cannot be sent again.')
    }
    const again = message.status === 'dead' ? 0 : attempts
    await this.#services.records.update(OutboxMessage, message.id, {
      status: 'waiting',
      attempts: again,
      nextAttemptAt: this.#services.context.now,
      error: this.#whyNot(channel) ?? null,
    })
    await this.#services.jobs.send(deliver, { channel })
  }

  /** Behind the action: it stays to be seen, but its secret does not. */
  async discard({ id, secret }: OutboxMessage): Promise<void> {
    await this.#services.records.update(OutboxMessage, id, { status: 'discarded', ...(secret && { text: null, html: null }) })
  }

  /** Asks for a delivery wherever something is due: what waited for its time, or for a channel to be set up. */
  async wake(): Promise<void> {
    const due: Where<OutboxMessage> = { status: 'waiting', nextAttemptAt: { $lte: this.#services.context.now } }
    const channels = await this.#system.group(OutboxMessage, { by: ['channel'], where: due })
    for (const { channel } of channels) await this.#services.jobs.send(deliver, { channel: String(channel) })
  }

  /** Delivers what is due on one channel. Only ever one delivery of a channel runs in one process. */
  async deliverDue(channel: string): Promise<void> {
    const reason = this.#whyNot(channel)
    if (reason !== undefined) return this.#postman(channel).explain(reason)
    const isMore = await this.#postman(channel).deliverDue()
    // Others get their turn in between.
    if (isMore) await this.#services.jobs.send(deliver, { channel })
  }

  async #write(mail: Mail): Promise<OutboxMessage> {
    const { to, subject, text, html, channel = 'email', about, event, conversation, secret = false, validUntil, files = [] } = mail
    return this.#system.create(OutboxMessage, {
      channel,
      to,
      subject: subject === undefined ? null : subject.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 255),
      text,
      html: html ?? null,
      messageId: `<${randomUUID()}@${new URL(this.#services.config.baseUrl).hostname}>`,
      conversation: conversation ?? null,
      references: conversation === undefined ? [] : await this.#references(conversation, channel, to),
      event: event ?? null,
      model: about?.model ?? null,
      record: about?.record ?? null,
      nextAttemptAt: this.#services.context.now,
      validUntil: validUntil ?? null,
      files: files.length > 0 ? files : null,
      error: this.#whyNot(channel) ?? null,
      secret,
    })
  }

  /** The Message-IDs of what the receiver got of this conversation, oldest first. Header lines must not grow for ever. */
  async #references(conversation: string, channel: string, to: string): Promise<readonly string[]> {
    const where: Where<OutboxMessage> = { conversation, channel, to, status: { $in: ['waiting', 'sent'] } }
    const { rows } = await this.#system.query(OutboxMessage, { fields: ['messageId'], where, order: { id: 'desc' }, limit: 20 })
    return rows.map(({ messageId }) => messageId).reverse()
  }

  /** Why nothing can be sent on a channel at the moment, as a sentence. */
  #whyNot(name: string): string | undefined {
    if (this.#services.copy.since) return 'This database is a copy, out of which nothing goes.'
    const channel = this.#services.channels.named(name)
    return channel ? channel.notReady() : `No installed module brings the channel "${name}".`
  }

  #postman(channel: string): Postman {
    return new Postman(this.#services, channel)
  }

  get #system(): Records {
    return this.#services.asSystem('A message goes out whoever caused it, and is written by nobody else.')
  }
}
