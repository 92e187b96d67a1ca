import { type TestApp, userAs } from '@tessera/core/testing'

/** A page as a test reads it. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** As it came, for files that are no text. */
  readonly bytes: Buffer
  /** Where a redirect leads. */
  readonly location: string
}

/** Somebody with a browser that runs no script: keeps cookies and sends the token of the last page along. */
export class Visitor {
  readonly #address: string
  readonly #jar = new Map<string, string>()
  #csrf = ''

  constructor(address: string) {
    this.#address = address
  }

  cookie(name: string): string | undefined {
    return this.#jar.get(name)
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Seen> {
    return this.#send(path, { headers })
  }

  /** Sends a form; a list sends its name once for each. */
  async post(
    path: string,
    fields: Readonly<Record<string, string | readonly string[]>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Seen> {
    const body = new URLSearchParams({ _csrf: this.#csrf })
    for (const [name, value] of Object.entries(fields)) {
      body.delete(name)
      for (const each of typeof value === 'string' ? [value] : value) body.append(name, each)
    }
    return this.#send(path, { method: 'POST', body, headers })
  }

  /** Sends a form with one file, as a browser sends it. */
  async upload(path: string, name: string, content: string | Uint8Array, fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
    const body = new FormData()
    for (const [field, value] of Object.entries({ _csrf: this.#csrf, ...fields })) body.append(field, value)
    body.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name)
    return this.#send(path, { method: 'POST', body })
  }

  async #send(path: string, init: RequestInit): Promise<Seen> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(path, this.#address), {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', cookie, ...(init.headers as Record<string, string>) },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.#jar.delete(name)
      else this.#jar.set(name, value)
    }
    const bytes = Buffer.from(await answer.arrayBuffer())
    const html = new TextDecoder().decode(bytes)
    this.#csrf = /<meta name="csrf" content="([^"]*)"/.exec(html)?.[1] ?? this.#csrf
    return { status: answer.status, headers: answer.headers, html, bytes, location: answer.headers.get('location') ?? '' }
  }
}

/** A new user in the role who has signed in. */
export async function visitorAs(
  app: TestApp,
  role: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Visitor & { readonly user: string }> {
  const { id: user } = await userAs(app, role, more)
  return Object.assign(await visitorOf(app, user), { user })
}

/** A user who signs in by a one-time link, and has loaded a page. */
export async function visitorOf(app: TestApp, user: string): Promise<Visitor> {
  const { identity } = await app.servicesFor({ door: 'system' })
  const visitor = new Visitor(await app.listen())
  await visitor.post(`/sign-in/${await identity.createLink(user, 'sign-in')}`)
  await visitor.get('/nothing-here')
  return visitor
}

/** The words of a page, without tags. */
export function wordsOf(html: string): string {
  return html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
}

/** The addresses of the records in a list. */
export function rowsOf({ html }: Seen): readonly string[] {
  return [...html.matchAll(/<a class="open" href="([^"]+)"/g)].map(([, href = '']) => plain(href))
}

/** Without the entities of HTML. */
export const plain = (html: string): string =>
  html
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, code: string) => String.fromCharCode(Number.parseInt(code, hex ? 16 : 10)))
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

export const idIn = (href: string): string => /\/([0-9a-f-]{36})/.exec(href)?.[1] ?? ''

/** The address behind the link whose words or label are these. */
export function linkOf({ html }: Seen, words: RegExp): string {
  for (const [whole, href = ''] of html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>.*?<\/a>/gs)) if (words.test(whole)) return plain(href)
  return ''
}
