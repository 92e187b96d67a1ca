import { staff } from '@tessera/base'
import type { Client, ModelMeta, Reply, Request, Services } from '@tessera/core'
import type { Bell, ErrorScreen, ErrorStatus, TalkParts } from '../screens.ts'
import { show, wantsJson } from './answer.ts'
import { withheld } from './confirm.ts'
import { isDeveloping } from './developer-mode.ts'
import { nextSteps } from './next-steps.ts'
import { firstPlace } from './places.ts'
import { readerOf } from './reader.ts'
import { frameOf, stillShell } from './shell.ts'

type Failure = Parameters<Client['errorPage']>[0]

/** A way to sign in beside password and mailed link: a link on the sign-in page. */
export interface WayIn {
  readonly label: string
  /** A path of this application that may lead on to another site: from a form it could not. */
  readonly href: string
  readonly icon?: string
}

/** A link in the menu of a record's form, or of one's account. */
export interface RecordLink {
  readonly label: string
  readonly href: string
  readonly icon?: string
}

/** The record whose conversation is shown; `joined` are those that go on in it; `csrf` is what forms beside it send along as `_csrf`. */
export interface RecordAbout {
  readonly model: ModelMeta
  readonly id: string
  readonly joined: readonly string[]
  readonly csrf: string
}

/** The record about which something is written, which the reader may read; `internal` is for staff alone. */
export interface SayingAbout {
  readonly model: ModelMeta
  readonly id: string
  readonly internal: boolean
}

/** A text to be put into what is written; `empty` are the labels of fields that had nothing to put into it. */
export interface OfferedText {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly empty: readonly string[]
}

/** How an error looks to a person. */
export class ClientService implements Client {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** Where `/` leads somebody who is signed in: the first place of his sidebar. An override may know better; undefined is nowhere. */
  home(): string | undefined {
    return firstPlace(readerOf(this.#services))
  }

  /** Addresses of further style sheets of the pages without the staff’s frame; an override adds its own. */
  openStyles(): readonly string[] {
    return []
  }

  /** Further ways to sign in; an override adds its own. `next` is where one wanted to go. */
  async waysIn(_next: string): Promise<readonly WayIn[]> {
    return []
  }

  /** Further ways to show that it is oneself, each a link that may lead to another site and comes back to `next`. */
  async waysToConfirm(_next: string): Promise<readonly WayIn[]> {
    return []
  }

  /** Further places of one's own account, for whoever has no sidebar: the portal's head and the profile show them; an override adds its own. */
  async accountLinks(): Promise<readonly RecordLink[]> {
    return []
  }

  /** Further entries of a record's menu on its form, each a link; an override adds its own. `model` is the name of the record's model. */
  recordMenu(_model: string, _id: string): readonly RecordLink[] {
    return []
  }

  /** What the bell of every screen tells the reader; an override knows. Asked for each page: one small query. */
  async bell(): Promise<Bell | undefined> {
    return undefined
  }

  /** What stands beside the messages of a record; an override adds its own to what there is. */
  async beside(_about: RecordAbout): Promise<TalkParts> {
    return { head: [], above: [], tabs: [] }
  }

  /** Texts that the reader can put into what he writes, as they would stand there; with `chosen` that one, or none. An override knows them. */
  async savedReplies(_about: SayingAbout, _chosen?: string): Promise<readonly OfferedText[]> {
    return []
  }

  /** In developer mode a page tells the statements that it took. */
  watches(): boolean {
    return isDeveloping(this.#services)
  }

  async errorPage({ status, code, sentence, hint }: Failure, request: Request): Promise<Reply> {
    if (code === 'access.confirm' && !wantsJson(request)) return withheld(this.#services, request)
    const reader = readerOf(this.#services)
    const isSignedIn = this.#services.context.caller.id !== null
    const isStaff = reader.ability.has(staff)
    const { text } = this.#services
    const said = code === 'http.not_permitted' && !isStaff ? text('web.staff_only') : sentence
    const { requestId } = this.#services.context
    const shown = shownStatus(status)
    const reply = show(
      this.#services,
      request,
      'error',
      {
        shell: isSignedIn && isStaff ? stillShell(reader, request) : frameOf(reader, request),
        status: shown,
        // The general words of a failure on our side say more to a person than the log's.
        ...(shown < 500 && { detail: [said, hint, ...advice(code, shown, text)].filter(Boolean).join(' ') }),
        ...titleOf(code, request.method, shown, text),
        requestId,
        ...nextSteps(reader, request, shown, code),
      },
      { status },
    )
    return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store' } }
  }
}

/** Whoever lacks a right is told who gives it. */
function advice(code: string, status: ErrorStatus, text: Services['text']): readonly string[] {
  return status === 403 && !formsOfYesterday.has(code) ? [text('web.ask_administrator')] : []
}

/** What was refused may be a deed, or a form that was loaded too long ago: then it is not about seeing. */
function titleOf(code: string, method: string, status: ErrorStatus, text: Services['text']): Pick<ErrorScreen, 'title'> {
  if (formsOfYesterday.has(code)) return { title: text('web.form_outdated') }
  return status === 403 && method !== 'GET' ? { title: text('web.may_not_do') } : {}
}

const formsOfYesterday: ReadonlySet<string> = new Set(['http.csrf'])

const known: readonly ErrorStatus[] = [400, 401, 403, 404, 409, 413, 422, 429, 500, 503]

/** The nearest status that has words of its own. */
function shownStatus(status: number): ErrorStatus {
  const same = known.find((each) => each === status)
  if (same) return same
  if (status === 412) return 409
  return status >= 500 ? 500 : 400
}
