/** What one person asks, and what the answers lead to. */
import type { Answer, Ask } from './client.ts'
import type { WholeDesk } from './desk.ts'
import { Pages } from './pages.ts'
import type { Person } from './people.ts'
import { apiRoutes, type Document, Questions, type Route } from './questions.ts'
import type { Chance } from './random.ts'

export class Asking {
  readonly person: Person
  readonly #desk: WholeDesk
  readonly #random: Chance
  /** Parts of addresses that pages have shown. */
  readonly #segments: Set<string>
  readonly #questions: Questions
  readonly #pages: Pages

  constructor(desk: WholeDesk, document: Document, random: Chance, segments: Set<string>, person: Person) {
    this.person = person
    this.#desk = desk
    this.#random = random
    this.#segments = segments
    this.#questions = new Questions(desk, document, random, segments)
    this.#pages = new Pages(desk, random, this.#questions)
  }

  reading(): Ask {
    const routes = apiRoutes(this.#desk).filter(({ method }) => method === 'GET')
    return this.person.isProgram || this.#random.is(0.72) ? this.#questions.for(this.#random.one(routes)) : this.#pages.read()
  }

  writing(): Ask {
    const random = this.#random
    const routes = apiRoutes(this.#desk).filter(({ method }) => method !== 'GET')
    return this.person.isProgram || random.is(0.5)
      ? this.#questions.for(random.one(routes))
      : random.is(0.25)
        ? this.#pages.read()
        : this.#pages.write()
  }

  /** A request for one route. */
  for(route: Route): Ask {
    return route.path.startsWith('/api') ? this.#questions.for(route) : this.#pages.for(route)
  }

  learns({ text, headers }: Answer): void {
    if (text.startsWith('<')) this.#pages.saw(text)
    if (this.#segments.size < 2_000)
      for (const [, path = ''] of text.matchAll(/\shref="(\/[\w/-]+)/g))
        for (const part of path.split('/')) if (part !== '') this.#segments.add(part)
    const { location } = headers
    const made = location === undefined ? null : /^\/(?:api\/)?([\w-]+)\/([\da-f-]{36})/.exec(location)
    if (made && location?.startsWith('/api')) this.#questions.made(made[1]!, made[2]!)
    const next = /"next":"([^"]+)"/.exec(text)?.[1]
    if (next !== undefined) this.#questions.cursors.push(next)
    if (headers.etag !== undefined && this.#questions.etags.length < 100) this.#questions.etags.push(headers.etag)
  }
}
