/** The delivery of one channel: takes what is due, one process each message, and keeps account of what came of it. */
import { NotFound, type Records, type Services, type Where } from '@tessera/core'
import { type Channel, type Outgoing, Undeliverable } from './channel.ts'
import { type OutgoingFile, outgoingFiles, timeFor } from './mailed-files.ts'
import { OutboxMessage } from './outbox-message.model.ts'

/**
 * A message is claimed in one short transaction (its row locked, `sendingUntil` set), sent in none, and accounted for in another.
 * Whoever is killed in between leaves the claim behind, which runs out: the message is sent again under the same Message-ID.
 */
export class Postman {
  readonly #services: Services
  readonly #name: string
  readonly #started = performance.now()

  constructor(services: Services, channel: string) {
    this.#services = services
    this.#name = channel
  }

  /** Takes what is due, for some seconds; true when there is more. Does nothing where this process is at it already. */
  async deliverDue(): Promise<boolean> {
    const rounds = roundsOf(this.#services.app)
    const round = rounds.get(this.#name)
    if (round) {
      round.again = true
      return false
    }
    const mine = { again: true }
    rounds.set(this.#name, mine)
    try {
      while (mine.again && !this.#isLate) {
        mine.again = false
        while ((await this.#deliverOnce()) && !this.#isLate);
      }
      return this.#isLate
    } finally {
      rounds.delete(this.#name)
    }
  }

  /** Sends one message if it is due and nobody else is at it; true when it was tried. */
  async deliver(id: string): Promise<boolean> {
    const channel = this.#services.channels.named(this.#name)
    const message = channel && (await this.#claim(id))
    if (!channel || !message) return false
    await this.#account(id, await this.#attempt(channel, message))
    return true
  }

  /** Says in the messages that are due why they wait. */
  async explain(error: string): Promise<void> {
    const where: Where<OutboxMessage> = { $and: [this.#due, { $or: [{ error: null }, { error: { $ne: error } }] }] }
    for (;;) {
      const { rows } = await this.#system.query(OutboxMessage, { fields: ['id'], where, limit: 200 })
      for (const { id } of rows) await this.#system.update(OutboxMessage, id, { error })
      if (rows.length < 200) return
    }
  }

  /** Goes once through what is due now, in order; true when something was tried, so that what waited for it may be due. */
  async #deliverOnce(): Promise<boolean> {
    let isTried = false
    const where = this.#due
    for (let cursor: string | null | undefined; cursor !== null && !this.#isLate; ) {
      const { rows, next } = await this.#system.query(OutboxMessage, {
        fields: ['conversation', 'to'],
        where,
        order: { id: 'asc' },
        limit: 50,
        ...(cursor && { cursor }),
      })
      const free = [
        ...new Map(rows.toReversed().map((row) => [row.conversation ? `${row.conversation} ${row.to}` : row.id, row.id])).values(),
      ]
      const ids = free.toReversed()
      while (ids.length > 0 && !this.#isLate) {
        const tried = await Promise.allSettled(ids.splice(0, atOnce).map((id) => this.deliver(id)))
        for (const each of tried) if (each.status === 'rejected') throw each.reason
        isTried ||= tried.some((each) => each.status === 'fulfilled' && each.value)
      }
      cursor = next
    }
    return isTried
  }

  /** The message, when it is this process that may send it now. */
  async #claim(id: string): Promise<OutboxMessage | undefined> {
    return this.#system.transaction(async () => {
      const message = await this.#locked(id)
      const now = this.#now
      if (message?.status !== 'waiting' || message.nextAttemptAt > now) return undefined
      if ((message.sendingUntil && message.sendingUntil > now) || (await this.#waitsForEarlier(message))) return undefined
      if (message.validUntil && message.validUntil <= now) {
        const error = `It was true until ${message.validUntil.toISOString().slice(0, 16).replace('T', ' ')} UTC and was not delivered by then.`
        await this.#system.update(OutboxMessage, id, { status: 'dead', error, ...erased(message) })
        return undefined
      }
      const sendingUntil = new Date(now.getTime() + claimMs + timeFor(message.files))
      return this.#system.update(OutboxMessage, id, { attempts: message.attempts + 1, sendingUntil })
    })
  }

  /** A later message of a conversation must not overtake an earlier one on its way to the same receiver. */
  async #waitsForEarlier({ id, conversation, channel, to }: OutboxMessage): Promise<boolean> {
    if (conversation === null) return false
    return (await this.#system.find(OutboxMessage, { conversation, channel, to, status: 'waiting', id: { $lt: id } })) !== null
  }

  /** With the files that are still there. Where they are kept may not answer either. */
  async #attempt(channel: Channel, message: OutboxMessage): Promise<Outcome> {
    try {
      const { files, gone } = await outgoingFiles(this.#services, message.files ?? [])
      return { failure: await attempt(channel, message, files), gone }
    } catch (error) {
      return { failure: error instanceof Error ? error : new Error(String(error)), gone: [] }
    }
  }

  async #account(id: string, { failure, gone }: Outcome): Promise<void> {
    await this.#system.transaction(async () => {
      const message = await this.#locked(id)
      if (!message) return
      const done = { sendingUntil: null }
      if (!failure) {
        const error = gone.length > 0 ? `It was sent without what is not there any more: ${gone.join(', ')}.` : null
        const sent = { status: 'sent', sentAt: this.#now, error } as const
        await this.#system.update(OutboxMessage, id, { ...done, ...sent, ...erased(message) })
        return
      }
      const error = failure.message
      const pause = failure instanceof Undeliverable ? undefined : pauses[message.attempts - 1]
      // Who discarded it meanwhile has the last word.
      if (message.status !== 'waiting') await this.#system.update(OutboxMessage, id, done)
      else if (pause === undefined) await this.#system.update(OutboxMessage, id, { ...done, status: 'dead', error })
      else await this.#system.update(OutboxMessage, id, { ...done, error, nextAttemptAt: new Date(this.#now.getTime() + pause) })
    })
  }

  async #locked(id: string): Promise<OutboxMessage | undefined> {
    try {
      return await this.#system.lock(OutboxMessage, id)
    } catch (error) {
      if (error instanceof NotFound) return undefined
      throw error
    }
  }

  get #due(): Where<OutboxMessage> {
    const now = this.#now
    const isFree: Where<OutboxMessage> = { $or: [{ sendingUntil: null }, { sendingUntil: { $lte: now } }] }
    return { $and: [{ channel: this.#name, status: 'waiting', nextAttemptAt: { $lte: now } }, isFree] }
  }

  /** The clock of the work that this belongs to, which goes on meanwhile. */
  get #now(): Date {
    return new Date(this.#services.context.now.getTime() + performance.now() - this.#started)
  }
  get #isLate(): boolean {
    return performance.now() - this.#started > sliceMs
  }
  get #system(): Records {
    return this.#services.asSystem('What becomes of a message is written by its delivery alone.')
  }
}

/** What came of an attempt. */
interface Outcome {
  readonly failure: Error | undefined
  /** The names of files that could not go with it. */
  readonly gone: readonly string[]
}

/** What went wrong, or nothing. A channel that does not come back is left: nobody else shall wait for it. */
async function attempt(channel: Channel, message: OutboxMessage, files: readonly OutgoingFile[]): Promise<Error | undefined> {
  const { messageId, to, subject, text, html, references } = message
  const outgoing: Outgoing = { messageId, to, subject: subject ?? undefined, text: text ?? '', html: html ?? undefined, references, files }
  const late = Promise.withResolvers<never>()
  const patience = patienceMs + timeFor(message.files)
  const timer = setTimeout(() => late.reject(new Error(`There was no answer within ${Math.round(patience / 1000)} seconds.`)), patience)
  try {
    await Promise.race([channel.send(outgoing), late.promise])
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    clearTimeout(timer)
  }
}

function erased({ secret }: OutboxMessage): { readonly text?: null; readonly html?: null } {
  return secret ? { text: null, html: null } : {}
}

const minute = 60_000
const hour = 60 * minute
/** After each failed attempt; after the last one no further is made. */
const pauses: readonly number[] = [minute, 5 * minute, 15 * minute, hour, 4 * hour, 12 * hour]
/** How long one attempt may take, without files. */
const patienceMs = 30_000
/** Longer than any attempt, with room for clocks that differ. */
const claimMs = 2 * minute
const atOnce = 4
/** Then whatever else waits in the queue has its turn. */
const sliceMs = 5_000

/** The deliveries of this process. Two apps may live in one. */
const running = new WeakMap<Services['app'], Map<string, { again: boolean }>>()
function roundsOf(app: Services['app']): Map<string, { again: boolean }> {
  const known = running.get(app) ?? new Map<string, { again: boolean }>()
  running.set(app, known)
  return known
}
