/** Sends what people ask and judges what they are given. */
import type { Asking } from './asking.ts'
import { type Answer, type Ask, asCommand, type Wire } from './client.ts'
import type { WholeDesk } from './desk.ts'
import type { Crowd, Person } from './people.ts'
import { mark, type Population } from './population.ts'
import { leaked, type Someone, type Truth, truthOf } from './truth.ts'

/** What is known of a person while he asks: as it was, and where he changes something, as it has become. */
export interface Judgement {
  who: readonly Someone[]
  truths: readonly Truth[]
  readonly isChanging: boolean
}

export class Watch {
  /** Routes that answered somebody well. */
  readonly reached = new Set<string>()
  readonly faults: string[] = []
  readonly #statuses = new Map<number, number>()
  lastRefusal = ''
  readonly #desk: WholeDesk
  readonly #wire: Wire
  readonly #crowd: Crowd
  readonly #population: Population
  /** As it was before anybody changed anything. */
  readonly truth: Truth

  constructor(desk: WholeDesk, wire: Wire, crowd: Crowd, population: Population, truth: Truth) {
    this.#desk = desk
    this.#wire = wire
    this.#crowd = crowd
    this.#population = population
    this.truth = truth
  }

  get asked(): number {
    return [...this.#statuses.values()].reduce((sum, each) => sum + each, 0)
  }
  /** How often each status was answered. */
  get answers(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#statuses].sort(([a], [b]) => a - b))
  }

  /** What he is judged by who only reads. */
  async reading(person: Person): Promise<Judgement> {
    return { who: [await this.#crowd.someone(person)], truths: [this.truth], isChanging: false }
  }
  async changing(person: Person): Promise<Judgement> {
    return { who: [await this.#crowd.someone(person)], truths: [this.truth, await truthOf(this.#desk)], isChanging: true }
  }

  /** As many requests as told, some at a time unless they change something. */
  async send(asking: Asking, count: number, make: () => Ask, judgement: Judgement): Promise<void> {
    let left = count
    const one = async () => {
      while (left > 0) {
        left -= 1
        asking.learns(await this.ask(asking.person, make(), judgement))
      }
    }
    await Promise.all(Array.from({ length: judgement.isChanging ? 1 : 6 }, one))
  }

  async ask(person: Person, ask: Ask, judgement: Judgement): Promise<Answer> {
    // Whoever guesses at an account waits longer each time: thousands of guesses would take days.
    if (ask.method === 'POST' && guessing.test(ask.path)) await this.#desk.connection.run('delete from tessera_limit')
    const answer = await this.#wire.send(ask, this.#crowd.headersOf(person))
    const { status, headers, text } = answer
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    const route = this.#desk.served(answer.requestId)?.route
    // A server that signs people in need not answer.
    if (status >= 500 && status !== 502) this.faults.push(`${status} ${asCommand(person.name, ask)} ${text.slice(0, 200)}`)
    if (status >= 400) this.lastRefusal = `${asCommand(person.name, ask)} ${text.replace(/<[^>]*>|\s+/g, ' ').slice(-600)}`
    const isLeaving = route === 'POST /sign-out'
    const isWell = status < 300 || (status < 400 && (isLeaving || headers.location?.startsWith('/sign-in') === false))
    // What only the state of the record stands against has come past every right.
    const isHeld = /"code":"(record\.in_use|action\.not_now|[\w.]+\.otherwise)"/.test(text)
    if ((isWell || isHeld) && route !== undefined) this.reached.add(route)
    await this.#judge(person, ask, answer, judgement)
    if (judgement.isChanging && status < 400 && ask.method !== 'GET') await this.judgeMails()
    return answer
  }

  /** What was mailed since the last time, before somebody changes what its receivers may know. */
  async judgeMails(): Promise<void> {
    const mails = await this.#desk.connection.run(
      `select "id", "to", "event", "subject", "text", "html" from "outbox_message" where "id" > $1 and "id"::text not like 'ca4a41e5-%' order by "id"`,
      [this.#lastMail],
    )
    if (mails.length === 0) return
    this.#lastMail = String(mails.at(-1)!.id)
    let now: Truth | undefined
    for (const { to, event, subject, text, html } of mails) {
      const texts = `${subject} ${text} ${html}`
      for (const person of this.#crowd.people.filter(({ email }) => email === to)) {
        const who = await this.#crowd.someone({ ...person, isProgram: false })
        if (this.told(texts, who, [this.truth], this.#isMailed).length === 0) continue
        now ??= await truthOf(this.#desk)
        const told = this.told(texts, who, [this.truth, now], this.#isMailed)
        if (told.length > 0) this.faults.push(`A mail about ${event} to ${person.name}: ${told.join()}`)
      }
    }
  }
  #lastMail = '00000000-0000-0000-0000-000000000000'
  /** The templates are what is mailed, and they name what a ticket is to whoever may read the ticket. */
  readonly #isMailed = (each: string): boolean =>
    this.#population.places.get(each)?.some(({ model }) => model === 'notificationTemplate' || model.startsWith('ticket')) ?? false

  /** What of these texts somebody is told whom nothing lets know it. */
  told(texts: string, who: Someone, truths: readonly Truth[], isOpen: (mark: string) => boolean = () => false): readonly string[] {
    const held = [...marksIn(texts)].filter((each) => !isOpen(each))
    return leaked(held, who, truths, this.#population).map((each) => this.#placesOf(each))
  }

  async #judge(person: Person, ask: Ask, answer: Answer, judgement: Judgement): Promise<void> {
    // What he sent himself he may be told again.
    const sent = marksIn(`${unescaped(ask.path)} ${unescaped(ask.body ?? '')}`)
    const held = [...marksIn(`${JSON.stringify(answer.headers)} ${answer.text}`)].filter((each) => !sent.has(each))
    const unknown = () =>
      judgement.who.reduce<readonly string[]>((left, who) => leaked(left, who, judgement.truths, this.#population), held)
    if (unknown().length === 0) return
    if (judgement.isChanging) {
      judgement.truths = [this.truth, ...judgement.truths.slice(-3), await truthOf(this.#desk)]
      judgement.who = [...judgement.who.slice(0, 1), await this.#crowd.someone(person)]
      // What the rules made of it is the ticket's own, and may be gone again before the truth is read: that it is told says the answer.
      const own = (each: string) => new RegExp(`"assignmentReason":"(?:[^"\\\\]|\\\\.)*${each}`, 'i').test(answer.text)
      if (unknown().every(own)) return
    }
    const told = judgement.isChanging ? await this.#refusedOf(person, unknown()) : unknown()
    if (told.length > 0)
      this.faults.push(
        `${asCommand(person.name, ask)}\n    ${answer.status} told him ${told.map((each) => `${this.#placesOf(each)} in ${aroundOf(each, answer.text)}`).join('\n    ')}`,
      )
  }

  /** Those that their own records refuse him. What he changes moves what he may read, also through others, faster than it is judged in memory. */
  async #refusedOf(person: Person, marks: readonly string[]): Promise<readonly string[]> {
    const refused: string[] = []
    for (const each of marks) {
      let isTold = false
      for (const { model, id, field } of this.#population.places.get(each) ?? []) {
        const path = `/api/${this.#desk.composition.models.byName(model)?.path}/${id}?fields=${field}`
        isTold ||= marksIn((await this.#wire.send({ method: 'GET', path }, this.#crowd.headersOf(person))).text).has(each)
      }
      if (!isTold) refused.push(each)
    }
    return refused
  }

  #placesOf(found: string): string {
    const its = this.#population.places.get(found) ?? []
    return `${found} (${its.map(({ model, id, field }) => `${model}.${field} of ${id}`).join(' or ')})`
  }
}

/** What a text holds of what only some may know, in cursors and tokens too. */
function marksIn(text: string): ReadonlySet<string> {
  const opened = [...text.matchAll(/[A-Za-z0-9_-]{24,}/g)].map(([part]) => Buffer.from(part, 'base64url').toString('latin1')).join(' ')
  return new Set([...`${text} ${opened}`.matchAll(mark)].map(([found]) => found.toLowerCase()))
}

/** Where in the answer it stands. */
function aroundOf(found: string, text: string): string {
  const at = text.toLowerCase().indexOf(found)
  return at < 0 ? 'a header or a token' : JSON.stringify(text.slice(Math.max(0, at - 120), at + 60))
}

function unescaped(text: string): string {
  return decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, ''))
}

const guessing = /^\/(sign-in|confirm|profile|first-run|invitation)\b/
