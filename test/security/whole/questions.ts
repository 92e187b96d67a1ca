/** Requests to the API, generated from the routes and the models: of each kind, what a client may ask and what he may not. */
import type { FieldMeta, ModelMeta } from '@tessera/core'
import { referencesIn } from '../../../core/action/action.ts'
import { operatorsOf } from '../../../core/http/rest/filter.ts'
import type { Ask } from './client.ts'
import type { WholeDesk } from './desk.ts'
import { each, idOf } from './population.ts'
import type { Chance } from './random.ts'
import { draftOf, fromSchema, named, type Schema, valueFor, word } from './values.ts'

export interface Route {
  readonly method: string
  readonly path: string
}

/** All routes below /api that the router has. */
export function apiRoutes(desk: WholeDesk): readonly Route[] {
  return desk.http.routes().filter(({ path }) => path.startsWith('/api'))
}

export type Document = {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { requestBody?: { content?: Record<string, { schema?: Schema }> }; parameters?: readonly { in?: string; name: string }[] }
        >
      >
    >
  >
}

export class Questions {
  readonly #desk: WholeDesk
  readonly #document: Document
  readonly #random: Chance
  /** Later pages that some answer offered. */
  readonly cursors: string[] = []
  readonly etags: string[] = []

  readonly #segments: ReadonlySet<string>
  /** Records that were made by a request, by the path of their model. */
  readonly #made = new Map<string, string[]>()

  constructor(desk: WholeDesk, document: Document, random: Chance, segments: ReadonlySet<string>) {
    this.#segments = segments
    this.#desk = desk
    this.#document = document
    this.#random = random
  }

  /** A record that one may delete without harm to the rest. */
  made(path: string, id: string): void {
    this.#made.set(path, [...(this.#made.get(path) ?? []), id])
  }

  /** A request for a route. */
  for({ method, path }: Route): Ask {
    const model = this.#desk.composition.models.byPath(path.split('/')[2] ?? '')
    const rest = path.split('/').slice(3).join('/')
    if (model?.exposed && this.#isGenerated(method, rest, model)) return this.#ofModel(method, rest, model)
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(this.#parameter(name)))
    const query = method === 'GET' ? this.#ownQuery(path) : ''
    return method === 'GET' ? { method, path: filled + query } : this.#withBody(method, filled, this.#bodyOf(method, path))
  }

  #isGenerated(method: string, rest: string, model: ModelMeta): boolean {
    const actions = this.#desk.composition.actions(model).flatMap(({ name }) => [name, `:id/${name}`])
    return ['', 'groups', ':id', ':id/history'].includes(rest) || (method === 'POST' && actions.includes(rest))
  }

  #ofModel(method: string, rest: string, model: ModelMeta): Ask {
    const random = this.#random
    const base = `/api/${model.path}`
    const made = this.#made.get(model.path)
    const id = made && random.is(method === 'DELETE' ? 0.6 : 0.1) ? random.one(made) : this.id(model, method === 'DELETE')
    if (method === 'GET') {
      if (rest === '') return { method, path: base + this.#listQuery(model) }
      if (rest === 'groups') return { method, path: `${base}/groups${this.#groupQuery(model)}` }
      if (rest === ':id/history') return { method, path: `${base}/${id}/history${random.is(0.2) ? '?limit=3' : ''}` }
      const fields = random.is(0.5) ? `?fields=${Array.from({ length: 1 + random.below(6) }, () => this.path(model)).join()}` : ''
      const headers = random.is(0.1) && this.etags.length > 0 ? { 'if-none-match': random.one(this.etags) } : undefined
      return { method, path: `${base}/${id}${fields}`, headers }
    }
    const ifMatch = random.is(0.1) ? { headers: { 'if-match': `"${1 + random.below(3)}"` } } : {}
    if (method === 'DELETE') return { method, path: `${base}/${id}`, ...ifMatch }
    if (method === 'PATCH') return { ...this.#withBody(method, `${base}/${id}`, draftOf(model, random, 'update')), ...ifMatch }
    if (rest === '') return this.#withBody(method, base, draftOf(model, random, 'create'))
    const action = this.#desk.composition.actions(model).find(({ name }) => name === rest.split('/').at(-1))
    const input = this.#bodyOf(method, `${base}/${rest}`)
    for (const [name, { model: target }] of action ? referencesIn(action) : []) {
      if (!random.is(0.85)) continue
      const meta = this.#desk.composition.models.of(target)
      input[name] = this.id(meta)
    }
    if (rest.startsWith(':id')) return { ...this.#withBody(method, `${base}/${rest.replace(':id', id)}`, input), ...ifMatch }
    return this.#withBody(method, `${base}/${rest}`, { ...input, ids: [id, this.id(model), this.id(model)] })
  }

  #withBody(method: string, path: string, body: unknown): Ask {
    const key = this.#random.is(0.05) ? { 'idempotency-key': `key-${this.#random.below(20)}` } : undefined
    return { method, path, body: JSON.stringify(body), type: 'application/json', headers: key }
  }

  /** Of a route of a module: the parameters that the document names, sometimes others. */
  #ownQuery(path: string): string {
    const random = this.#random
    if (random.is(0.1)) return `?${random.one(strays)}`
    const names = (this.#document.paths[path.replace(/:(\w+)/g, '{$1}')]?.get?.parameters ?? []).flatMap((each) =>
      each.in === 'query' ? each.name : [],
    )
    const pairs = names.filter(() => random.is(0.8)).map((name) => `${name}=${encodeURIComponent(named[name] ?? this.#parameter(name))}`)
    return pairs.length > 0 ? `?${pairs.join('&')}` : ''
  }

  #bodyOf(method: string, path: string): Record<string, unknown> {
    const template = path.replace(/:(\w+)/g, '{$1}')
    const schema = this.#document.paths[template]?.[method.toLowerCase()]?.requestBody?.content?.['application/json']?.schema
    const made = schema ? fromSchema(schema, this.#random, this.#document) : {}
    return typeof made === 'object' && made !== null ? (made as Record<string, unknown>) : {}
  }

  #parameter(name: string): string {
    const { models } = this.#desk.composition
    if (name.toLowerCase().endsWith('id')) return this.id(this.#random.one(models.all))
    if (this.#segments.size > 0 && this.#random.is(0.7)) return this.#random.one([...this.#segments])
    return this.#random.one([
      word(this.#random),
      'volume',
      'backlog',
      '1HGCM82633A004352',
      this.id(this.#random.one(models.all)),
      'email',
      'nothing',
    ])
  }

  /** Of a record, the first ones more often; what is deleted is never what people are linked to. */
  id(model: ModelMeta, isLast = false): string {
    const random = this.#random
    return idOf(model, isLast ? 6 + random.below(each - 6) : random.is(0.4) ? random.below(3) : random.below(each))
  }

  /** A path of one to three fields, whoever may read them. */
  path(model: ModelMeta): string {
    const steps: string[] = []
    let at: ModelMeta | undefined = model
    while (at && steps.length < 3) {
      const field: FieldMeta = this.#random.one([...at.fields.values()])
      steps.push(field.name)
      at = field.kind === 'scalar' || this.#random.is(0.45) ? undefined : field.target
    }
    return steps.join('.')
  }

  #fieldAt(model: ModelMeta, path: string): FieldMeta | undefined {
    let at: ModelMeta | undefined = model
    let field: FieldMeta | undefined
    for (const step of path.split('.')) {
      field = at?.fields.get(step)
      at = field && field.kind !== 'scalar' ? field.target : undefined
    }
    return field
  }

  #filters(model: ModelMeta): readonly string[] {
    const random = this.#random
    return Array.from({ length: random.below(4) }, () => {
      const path = this.path(model)
      const field = this.#fieldAt(model, path)
      const known = field ? operatorsOf(field) : []
      const operator = random.is(0.05) || known.length === 0 ? random.one(['eq', 'contains', 'like', 'regex']) : random.one(known)
      const either = random.is(0.25) ? `[or][${random.below(3)}]` : ''
      const value =
        operator === 'null'
          ? String(random.is(0.5))
          : operator === 'contains' || operator === 'startsWith'
            ? random.one(parts)
            : this.#operand(field)
      return `filter${either}[${path}][${operator}]=${encodeURIComponent(value)}`
    })
  }

  #operand(field: FieldMeta | undefined): string {
    const value = field ? valueFor(field, this.#random) : 'kanari'
    if (Array.isArray(value)) return value.map(String).join()
    if (typeof value === 'object' && value !== null) return 'id' in value ? String(value.id) : 'kanari'
    return value === null || value === undefined ? '' : String(value)
  }

  #listQuery(model: ModelMeta): string {
    const random = this.#random
    const own = [...model.fields.values()].filter(({ kind }) => kind !== 'many').map(({ name }) => name)
    const query: string[] = [...this.#filters(model)]
    if (random.is(0.4)) query.push(`sort=${random.is(0.5) ? '-' : ''}${random.is(0.6) ? random.one(own) : this.path(model)}`)
    if (random.is(0.5)) query.push(`fields=${Array.from({ length: 1 + random.below(6) }, () => this.path(model)).join()}`)
    if (random.is(0.25)) query.push(`q=${encodeURIComponent(random.one(parts))}`)
    if (random.is(0.4)) query.push(`limit=${random.one(['1', '2', '5', '200', '0', '201'])}`)
    if (random.is(0.3)) query.push('total=true')
    if (random.is(0.15) && this.cursors.length > 0) query.push(`cursor=${random.one(this.cursors)}`)
    if (random.is(0.03)) query.push(random.one(strays))
    return query.length > 0 ? `?${query.join('&')}` : ''
  }

  #groupQuery(model: ModelMeta): string {
    const random = this.#random
    const fields = [...model.fields.values()]
    const by = Array.from({ length: 1 + random.below(3) }, () => {
      if (random.is(0.3)) return this.path(model)
      const field = random.one(fields.filter(({ kind }) => kind !== 'many'))
      const isDated = field.kind === 'scalar' && (field.type === 'datetime' || field.type === 'date')
      return isDated ? `${field.name}:${random.one(['day', 'week', 'month', 'quarter', 'year'])}` : field.name
    })
    const numbers = fields.filter((field) => field.kind === 'scalar' && ['integer', 'float', 'decimal'].includes(field.type))
    const query = [`by=${by.join()}`, ...this.#filters(model)]
    if (random.is(0.4))
      query.push(
        `measures=count,${random.is(0.7) ? random.one(numbers).name : this.path(model)}:${random.one(['sum', 'avg', 'median', 'min', 'max', 'distinct'])}`,
      )
    if (random.is(0.2)) query.push(`q=${encodeURIComponent(random.one(parts))}`)
    return `?${query.join('&')}`
  }
}

/** What one guesses of a text: never a whole one that stands nowhere else, since an answer may repeat what it was asked. */
const parts = ['kanari', 'kan', 'a', 'example.org', 'k a', '%', '_', '', '0', "'", 'KANARI', '\\']
const strays = [
  '__proto__[x]=1',
  'constructor=1',
  'filter[constructor]=1',
  'filter[__proto__][eq]=1',
  'filter=1',
  'sort=__proto__',
  'by=',
  'x',
]
