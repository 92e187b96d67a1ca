/** Follows the links and fills the forms that somebody's own pages show him, and the same for records that they do not show. */
import type { ModelMeta } from '@tessera/core'
import { plain } from '../../../modules/web/server/visitor.ts'
import type { Ask } from './client.ts'
import type { WholeDesk } from './desk.ts'
import { each, idOf, mark } from './population.ts'
import type { Questions, Route } from './questions.ts'
import type { Chance } from './random.ts'
import { word } from './values.ts'

interface Form {
  readonly action: string
  readonly method: string
  /** Values that a browser would send, by name; several to choose from. */
  readonly inputs: readonly (readonly [string, readonly string[]])[]
}

export class Pages {
  readonly #desk: WholeDesk
  readonly #random: Chance
  readonly #questions: Questions
  /** One address of each shape: without ids and values. */
  readonly #links = new Map<string, string>()
  readonly #forms = new Map<string, Form>()
  /** What people type, by the name that some form gives it. */
  readonly #typed = new Set<string>()
  readonly #names = new Set<string>([
    'q',
    'filter',
    'where',
    'sort',
    'group',
    'view',
    'after',
    'columns',
    'field',
    'history',
    'in',
    'limit',
  ])

  constructor(desk: WholeDesk, random: Chance, questions: Questions) {
    this.#desk = desk
    this.#random = random
    this.#questions = questions
  }

  /** Remembers where a page leads. */
  saw(html: string): void {
    for (const [, given = ''] of html.matchAll(/\s(?:href|src|formaction|data-[\w-]+)="(\/[^"]*)"/g)) this.#addLink(plain(given))
    for (const [, attributes = '', inside = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) this.#addForm(attributes, inside)
  }

  read(): Ask {
    const random = this.#random
    if (random.is(0.35) || this.#links.size === 0)
      return { method: 'GET', path: this.#filled(random.one(this.#routes('GET')).path) + this.#query() }
    const [, link] = random.one([...this.#links])
    return { method: 'GET', path: this.#moved(link) + (random.is(0.2) && !link.includes('?') ? this.#query() : '') }
  }

  write(): Ask {
    const random = this.#random
    const forms = [...this.#forms.values()]
    if (forms.length > 0 && random.is(0.75)) return this.#send(random.one(forms))
    const route = random.one(this.#routes('POST'))
    const body = new URLSearchParams()
    for (let at = random.below(6); at > 0; at--) {
      const name = random.one([...this.#names])
      body.append(name, this.#own(route.path, name, this.#value()))
    }
    return { method: 'POST', path: this.#filled(route.path), body: String(body), type: 'application/x-www-form-urlencoded' }
  }

  /** A request for a page: by the forms and links that lead there, else by its address alone. */
  for({ method, path }: Route): Ask {
    const random = this.#random
    const shape = new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)
    const forms = [...this.#forms.values()].filter((form) => form.method === method && shape.test(form.action.split('?')[0]!))
    const links = [...this.#links.values()].filter((link) => shape.test(link.split('?')[0]!))
    if (method === 'GET')
      return { method, path: links.length > 0 && random.is(0.5) ? this.#moved(random.one(links)) : this.#filled(path) + this.#query() }
    if (forms.length > 0) return this.#send(random.one(forms))
    return { method, path: this.#filled(path), body: '', type: 'application/x-www-form-urlencoded' }
  }

  #send(form: Form): Ask {
    const random = this.#random
    const body = new URLSearchParams()
    for (const [name, values] of form.inputs)
      if (random.is(0.93)) body.append(name, this.#own(form.action, name, this.#moved(random.one(values))))
    if (form.method === 'GET') return { method: 'GET', path: `${form.action.split('?')[0]}?${body}` }
    return { method: 'POST', path: this.#moved(form.action), body: String(body), type: 'application/x-www-form-urlencoded' }
  }

  /**
   * What stands in one record must not come into another by this test itself: neither the text of a field nor, where people type, the
   * id of a record. Where a record is chosen, its id is what access must refuse.
   */
  #own(path: string, name: string, value: string): string {
    const [, first = ''] = path.split(/[/?]/)
    const field = this.#desk.composition.models.byPath(first)?.fields.get(name.split(/[.[]/)[0]!)
    const isTyped = field ? field.kind === 'scalar' : this.#typed.has(name)
    return value.replace(isTyped ? mark : text, () => word(this.#random))
  }

  #routes(method: string): readonly Route[] {
    return this.#desk.http.routes().filter((each) => each.method === method && !each.path.startsWith('/api') && !isLeaving(each.path))
  }

  #addLink(link: string): void {
    if (isLeaving(link)) return
    const [path = '', query = ''] = link.split(/[?#]/)
    const names = [...new URLSearchParams(query)].map(([name]) => name)
    for (const name of names) this.#names.add(name)
    const shape = `${path.startsWith('/assets') ? path.replace(/[^/]+$/, '').replace(/[^/]+\/(?=$)/, ':') : path.replace(anyId, ':id')}?${names.sort().join('&')}`
    if (this.#links.size < 3_000 || this.#links.has(shape)) this.#links.set(shape, link)
  }

  #addForm(attributes: string, inside: string): void {
    const action = plain(/\saction="([^"]*)"/.exec(attributes)?.[1] ?? '')
    if (!action.startsWith('/') || isLeaving(action)) return
    const method = /\smethod="get"/i.test(attributes) || !/\smethod="/i.test(attributes) ? 'GET' : 'POST'
    const inputs: [string, readonly string[]][] = []
    for (const [, tag = '', own = '', body = ''] of inside.matchAll(
      /<(input|button|textarea|select)\b([^>]*)>(?:([\s\S]*?)<\/(?:textarea|select)>)?/g,
    )) {
      const name = plain(/\sname="([^"]*)"/.exec(own)?.[1] ?? '')
      if (name === '' || name === '_csrf') continue
      const value = plain(/\svalue="([^"]*)"/.exec(own)?.[1] ?? '')
      this.#names.add(name)
      if (tag === 'select')
        inputs.push([name, [...body.matchAll(/<option[^>]*value="([^"]*)"/g)].map(([, each = '']) => plain(each)).concat('')])
      else if (tag === 'textarea' || /\stype="(text|search|email|tel|url)"/.test(own)) {
        this.#typed.add(name)
        inputs.push([name, [value || plain(body), word(this.#random), this.#value()]])
      } else inputs.push([name, [value || 'on', value || 'on', value || 'on', this.#value()]])
    }
    const shape = `${method} ${action.split('?')[0]!.replace(anyId, ':id')} ${inputs
      .map(([name]) => name)
      .join()
      .slice(0, 200)}`
    if (this.#forms.size < 1_000 || this.#forms.has(shape)) this.#forms.set(shape, { action, method, inputs })
  }

  /** The address of something else of the same kind, sometimes. What would be deleted is never what people are linked to. */
  #moved(text: string): string {
    const random = this.#random
    const { models } = this.#desk.composition
    return text.replace(anyId, (id) => {
      const isDeleting = text.includes('/delete')
      if (!isDeleting && random.is(0.4)) return id
      const model = models.all.find((each) => idOf(each, 0).slice(0, 13) === id.slice(0, 13)) ?? random.one(models.all)
      return idOf(model, isDeleting ? 6 + random.below(each - 6) : random.below(each))
    })
  }

  #filled(path: string): string {
    const random = this.#random
    const { models, actions } = this.#desk.composition
    const model = random.one(models.all.filter(({ exposed }) => exposed))
    const known: Readonly<Record<string, () => string>> = {
      model: () => model.path,
      user: () => idOf(models.actor!, random.below(each)),
      session: () => this.#questions.id(models.byName('session')!),
      key: () => this.#questions.id(models.byName('apiKey')!),
      role: () => random.one(['nightDesk', 'agent', 'mutedManager']),
      provider: () => 'nothing',
      id: () => this.#questions.id(path.includes(':model') ? model : this.#of(path), path.includes('delete')),
      action: () => random.one([...actions(model).map(({ name }) => name), 'nothing']),
    }
    return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(known[name]?.() ?? this.#value()))
  }

  /** `/my/tickets/:id` is of a ticket, whoever serves it. */
  #of(path: string): ModelMeta {
    const { models } = this.#desk.composition
    const steps = path.split('/')
    return steps.map((step) => models.byPath(step)).find((each) => each !== undefined) ?? this.#random.one(models.all)
  }

  #query(): string {
    const random = this.#random
    const names = [...this.#names]
    const pairs = Array.from(
      { length: random.below(4) },
      () => `${encodeURIComponent(random.one(names))}=${encodeURIComponent(this.#value())}`,
    )
    return pairs.length > 0 ? `?${pairs.join('&')}` : ''
  }

  #value(): string {
    const random = this.#random
    const { models } = this.#desk.composition
    const model: ModelMeta = random.one(models.all)
    return random.one([
      '',
      'kanari',
      'a',
      'on',
      'kanban',
      '1',
      idOf(model, random.below(each)),
      this.#questions.path(model),
      model.path,
      model.name,
      JSON.stringify({ [this.#questions.path(model)]: { $contains: 'kanari' } }),
      '2026-01-02',
      'people@example.org',
    ])
  }
}

/** A text of one record. */
const text = /kanari[0-9a-z]{6}/gi
const anyId = /[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/g

/** These would end the session that everything else is asked with. */
function isLeaving(path: string): boolean {
  return /^\/(sign-out|view-as|profile\/(sessions|second-factor|password))/.test(path)
}
