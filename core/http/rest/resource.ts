/** The generated routes of one model. */

import type { Action } from '../../action/action.ts'
import { BadRequest } from '../../errors.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Erased } from '../../model/types.ts'
import type { Of } from '../../module/composition.ts'
import { numberOf, remembering } from '../../records/compiled.ts'
import type { Services } from '../../service/services.ts'
import { readJson } from '../body.ts'
import type { Endpoint, Http, HttpDeps } from '../state.ts'
import { sendAnswer, sendJson, sendOnce } from './answer.ts'
import { actOnMany } from './bulk.ts'
import { choiceWhere } from './choice.ts'
import { historyOf } from './history.ts'
import type { Answer } from './idempotency.ts'
import { unknownField } from './path.ts'
import { type ListQuery, parseGroups, parseList, parseRecord } from './query.ts'
import { readableFields, readerOf, refuseUnreadable } from './readable.ts'
import { bodyOf, ownFields, type Row, shownOf, withVersion } from './representation.ts'
import { versionOf } from './version.ts'

/** Routes whose last part is a word come before those with an id there. */
export function resourceOf(model: ModelMeta, actions: readonly Of<Action>[], deps: HttpDeps): readonly Endpoint[] {
  const path = `/api/${model.path}`
  const { handle: asked, name, module } = model
  /** What clients ask all day are the same few questions. */
  const understood = remembering<ListQuery>()
  const doing = actions.filter(({ run }) => run)

  return [
    { method: 'GET', path, may: `read ${name}`, module, handle: readList },
    { method: 'GET', path: `${path}/groups`, may: `read ${name}`, module, handle: readGroups },
    ...doing
      .filter(({ bulk }) => bulk)
      .map(
        (action): Endpoint => ({
          method: 'POST',
          path: `${path}/${action.name}`,
          may: `${action.name} ${name}`,
          module: action.module,
          handle: (http, services) => actOnMany(http, services, deps, action),
        }),
      ),
    { method: 'GET', path: `${path}/:id`, may: `read ${name}`, module, handle: readOne },
    ...(deps.composition.models.journal
      ? [
          {
            method: 'GET' as const,
            path: `${path}/:id/history`,
            may: `read ${name}`,
            module,
            handle: historyOf(model),
          },
        ]
      : []),
    { method: 'POST', path, may: `create ${name}`, module, handle: create },
    ...(model.appendOnly
      ? []
      : [
          { method: 'PATCH' as const, path: `${path}/:id`, may: `update ${name}`, module, handle: update },
          { method: 'DELETE' as const, path: `${path}/:id`, may: `delete ${name}`, module, handle: remove },
        ]),
    ...doing.map(
      (action): Endpoint => ({
        method: 'POST',
        path: `${path}/:id/${action.name}`,
        may: `${action.name} ${name}`,
        module: action.module,
        handle: (http, services, { id = '' }) => act(http, services, id, action),
      }),
    ),
  ]

  async function readList(http: Http, services: Services): Promise<void> {
    refuseUnreadable(services, model)
    const { choice, ...ask } = understood(`${services.context.zone} ${numberOf(readableOf(services))} ${http.querystring}`, () =>
      parseList(model, http.querystring, readerOf(services)),
    )
    const fields = ask.fields ?? ownFieldsOf(services)
    const narrowed = choice ? await choiceWhere(services, deps.composition, model, choice) : undefined
    const where = narrowed ? { $and: [narrowed, ...(ask.where ? [ask.where] : [])] } : ask.where
    const { rows, next, total, capped } = await services.records.query<Erased, string>(asked, {
      ...ask,
      ...(where && { where }),
      fields,
      instants: 'texts',
    })
    const meta = ask.total ? { next, total, capped: capped ?? false } : { next }
    sendJson(http, JSON.stringify({ data: rows, meta }))
  }

  async function readGroups(http: Http, services: Services): Promise<void> {
    refuseUnreadable(services, model)
    const rows = await services.records.group<Erased>(asked, parseGroups(model, http.querystring, readerOf(services)))
    sendJson(http, JSON.stringify({ data: rows }))
  }

  async function readOne(http: Http, services: Services, { id = '' }: Readonly<Record<string, string>>): Promise<void> {
    refuseUnreadable(services, model)
    const fields = parseRecord(model, http.querystring, readerOf(services)) ?? ownFieldsOf(services)
    const { body, etag } = bodyOf(await read(services, id, fields), fields)
    sendJson(http, body, etag)
  }

  async function create(http: Http, services: Services): Promise<void> {
    const { value, text } = await readJson(http.req)
    const draft: Erased = fieldsIn(value, services)
    const run = async () => {
      const whole: Row = await services.records.create<Erased, string>(asked, draft, shownTo(services))
      return answerWith(services, whole, 201, { Location: `${path}/${whole.id}` })
    }
    await sendOnce(http, services, deps, text, run, (answer) => stillReadable(services, answer))
  }

  async function update(http: Http, services: Services, { id = '' }: Readonly<Record<string, string>>): Promise<void> {
    const changes: Erased = fieldsIn((await readJson(http.req)).value, services)
    const whole: Row = await services.records.update<Erased, string>(
      asked,
      id,
      changes,
      versionOf(http.headers['if-match']),
      shownTo(services),
    )
    sendAnswer(http, answerWith(services, whole, 200))
  }

  async function remove(http: Http, services: Services, { id = '' }: Readonly<Record<string, string>>): Promise<void> {
    await services.records.remove(asked, id, versionOf(http.headers['if-match']))
    http.status = 204
  }

  async function act(http: Http, services: Services, id: string, action: Action): Promise<void> {
    const { value, text } = await readJson(http.req)
    const input = objectIn(value ?? {})
    const version = versionOf(http.headers['if-match'])
    const run = async () => {
      const whole: Row = await services.records.act<Erased, Erased, string>(action, id, input, version, shownTo(services))
      return answerWith(services, whole, 200)
    }
    await sendOnce(http, services, deps, text, run, (answer) => stillReadable(services, answer))
  }

  async function read(services: Services, id: string, fields: readonly string[]): Promise<Row> {
    return services.records.get<Erased, string>(asked, id, withVersion(fields, readableOf(services)))
  }

  function ownFieldsOf(services: Services): readonly string[] {
    return ownFields(model, readableOf(services))
  }

  function readableOf({ context }: Services): ReadonlySet<string> {
    return readableFields(context.caller.ability, model)
  }

  /** What an answer to a write shows, with the version for its ETag. */
  function shownTo(services: Services): readonly string[] {
    return withVersion(ownFieldsOf(services), readableOf(services))
  }

  /** The record after a write; of one that the writer may not read (any more) there is only its id. */
  function answerWith(services: Services, whole: Row, status: number, headers: Answer['headers'] = {}): Answer {
    const id = String(whole.id)
    if (!('label' in whole)) return { status, headers, body: JSON.stringify({ data: { id } }), record: undefined }
    const fields = ownFieldsOf(services)
    const { body, etag } = bodyOf(shownOf(model, whole, withVersion(fields, readableOf(services))), fields)
    return { status, headers: { ...headers, ETag: etag }, body, record: id }
  }

  /** Throws NotFound for a record that the caller may not read any more, and drops the fields that he may not. */
  async function stillReadable(services: Services, answer: Answer): Promise<Answer> {
    if (answer.record === undefined) return answer
    const fields = ownFieldsOf(services)
    const now = await read(services, answer.record, fields)
    const { data }: { data: Row } = JSON.parse(answer.body)
    const kept = Object.fromEntries(Object.entries(data).filter(([field]) => field in now))
    return { ...answer, body: JSON.stringify({ data: kept }) }
  }

  function fieldsIn(value: unknown, services: Services): Row {
    const fields = objectIn(value)
    for (const field of Object.keys(fields)) {
      if (!model.fields.has(field)) throw unknownField(model, field, readableOf(services))
    }
    return fields
  }
}

/** The body as named values; BadRequest for anything else. */
export function objectIn(value: unknown): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row
  throw new BadRequest('request.no_object', 'The body must be a JSON object.')
}
