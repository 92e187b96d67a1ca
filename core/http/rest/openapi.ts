/** `/api/openapi.json`: OpenAPI 3.1 of everything that a composition serves below /api. */
import { hash } from 'node:crypto'
import { z } from 'zod'
import { type Action, referenceOf } from '../../action/action.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Composition, Of } from '../../module/composition.ts'
import type { Route } from '../../module/module.ts'
import { partsOf } from '../pages.ts'
import type { Endpoint, HttpDeps } from '../state.ts'
import { sendJson } from './answer.ts'
import { operatorsOf } from './filter.ts'
import {
  bulkSchema,
  etagHeader,
  historySchema,
  json,
  locationHeader,
  page,
  parameters,
  problemSchema,
  problems,
  ref,
  referenceSchema,
  refParameter,
  responses,
  wrapped,
  writtenSchema,
} from './openapi-parts.ts'
import { isForSomebody, type JsonSchema, recordSchema, schemaName, writeSchema } from './schema.ts'

/** A JSON document; what it must look like is said by OpenAPI, and a test holds it to that. */
export type OpenApi = Readonly<Record<string, unknown>>

/** The route of the document: for everybody who is signed in, since it names all fields. */
export function openapiRoute({ composition, version, config }: Pick<HttpDeps, 'composition' | 'version' | 'config'>): Endpoint {
  let document: { body: string; etag: string } | undefined
  return {
    method: 'GET',
    path: '/api/openapi.json',
    may: 'signed-in',
    module: 'core',
    async handle(http) {
      if (!document) {
        const body = JSON.stringify(openapiOf(composition, { version, baseUrl: config.baseUrl }))
        document = { body, etag: `"${hash('sha256', body, 'base64url').slice(0, 22)}"` }
      }
      sendJson(http, document.body, document.etag)
    },
  }
}

/** The document; the same for the same composition. */
export function openapiOf(composition: Composition, about: { version: string; baseUrl: string }): OpenApi {
  const models = composition.models.all.filter(({ exposed }) => exposed)
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (path: string, method: string, operation: object) => {
    paths[path] = { ...paths[path], [method]: operation }
  }
  add('/api/openapi.json', 'get', {
    operationId: 'openapi',
    tags: ['core'],
    summary: 'This document',
    responses: { 200: { description: 'OpenAPI 3.1', content: json({ type: 'object' }) }, ...problems(401) },
  })
  for (const model of models) addModel(add, model, composition)
  for (const route of composition.routes) addRoute(add, route)
  return {
    openapi: '3.1.0',
    info: { title: 'Tessera', version: about.version, description },
    servers: [{ url: about.baseUrl }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [...new Set(['core', ...models.map(({ plural }) => plural), ...composition.routes.map(({ module }) => module)])].map((name) => ({
      name,
    })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, tk_…' },
        session: { type: 'apiKey', in: 'cookie', name: 'tessera', description: 'The session of a browser; writes send x-csrf-token too.' },
      },
      parameters,
      responses,
      schemas: {
        Problem: problemSchema,
        Reference: referenceSchema,
        Written: writtenSchema,
        Bulk: bulkSchema,
        HistoryEntry: historySchema,
        ...Object.fromEntries(
          models.flatMap((model) => [
            [schemaName(model), recordSchema(model)],
            [`${schemaName(model)}Draft`, writeSchema(model, 'create')],
            [`${schemaName(model)}Changes`, writeSchema(model, 'update')],
          ]),
        ),
      },
    },
  }
}

const description = `Records are read and written under the rights of the key's owner.
A relation is { "id", "label" }; it is written by id or by { "code" }; an array replaces a many-to-many.
What a relation may be given is in the list of the other model with offered=<model>.<field>:
/api/ticket-types?offered=ticket.type&fields=id,name fills a select box.
Instants are UTC; a date without a time is a day in the caller's zone.`

type Add = (path: string, method: string, operation: object) => void

function addModel(add: Add, model: ModelMeta, composition: Composition): void {
  const path = `/api/${model.path}`
  const name = schemaName(model)
  const one = model.label.toLowerCase()
  const tags = [model.plural]
  const record = { description: `The ${one}`, headers: { ETag: etagHeader }, content: json(wrapped(ref(name))) }
  const id = [refParameter('id')]
  const ifMatch = [refParameter('id'), refParameter('ifMatch')]

  add(path, 'get', {
    operationId: `list${name}`,
    tags,
    summary: `List ${model.plural.toLowerCase()}`,
    parameters: [filterParameter(model), ...['sort', 'fields', 'q', 'limit', 'cursor', 'total', 'offered'].map(refParameter)],
    responses: { 200: { description: model.plural, content: json(page(ref(name))) }, ...problems(400, 401, 403) },
  })
  add(path, 'post', {
    operationId: `create${name}`,
    tags,
    summary: `Create a ${one}`,
    parameters: [refParameter('idempotencyKey')],
    requestBody: { required: true, content: json(ref(`${name}Draft`)) },
    responses: {
      201: { ...record, headers: { ETag: etagHeader, Location: locationHeader } },
      ...problems(400, 401, 403, 409, 413, 415, 422),
    },
  })
  add(`${path}/groups`, 'get', {
    operationId: `group${name}`,
    tags,
    summary: `Count and measure ${model.plural.toLowerCase()} in groups`,
    parameters: [refParameter('by'), refParameter('measures'), filterParameter(model), refParameter('q'), refParameter('limit')],
    responses: {
      200: { description: 'One row a group', content: json(wrapped({ type: 'array', items: { type: 'object' } })) },
      ...problems(400, 401, 403),
    },
  })
  add(`${path}/{id}`, 'get', {
    operationId: `get${name}`,
    tags,
    summary: `Read a ${one}`,
    parameters: [...id, refParameter('fields'), refParameter('ifNoneMatch')],
    responses: { 200: record, 304: { description: 'Unchanged' }, ...problems(400, 401, 403, 404) },
  })
  if (composition.models.journal) {
    add(`${path}/{id}/history`, 'get', {
      operationId: `history${name}`,
      tags,
      summary: `What happened to a ${one}, newest first`,
      parameters: [...id, refParameter('limit')],
      responses: {
        200: { description: 'Changes', content: json(wrapped({ type: 'array', items: ref('HistoryEntry') })) },
        ...problems(400, 401, 403, 404),
      },
    })
  }
  if (!model.appendOnly) {
    add(`${path}/{id}`, 'patch', {
      operationId: `update${name}`,
      tags,
      summary: `Change a ${one}`,
      parameters: ifMatch,
      requestBody: { required: true, content: json(ref(`${name}Changes`)) },
      responses: { 200: record, ...problems(400, 401, 403, 404, 412, 413, 415, 422) },
    })
    add(`${path}/{id}`, 'delete', {
      operationId: `delete${name}`,
      tags,
      summary: `Delete a ${one}`,
      parameters: ifMatch,
      responses: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 412, 422) },
    })
  }
  for (const action of composition.actions(model)) if (action.run) addAction(add, model, action, record)
}

function addAction(add: Add, model: ModelMeta, action: Of<Action>, record: object): void {
  const path = `/api/${model.path}`
  const name = schemaName(model)
  const verb = action.name.charAt(0).toUpperCase() + action.name.slice(1)
  const about = { tags: [model.plural], ...(action.help !== undefined && { description: action.help }) }
  const input = action.input ? inputSchema(action.input) : { type: 'object', additionalProperties: false }
  add(`${path}/{id}/${action.name}`, 'post', {
    operationId: `act${name}${verb}`,
    summary: action.label,
    ...about,
    parameters: [refParameter('id'), refParameter('ifMatch'), refParameter('idempotencyKey')],
    requestBody: { required: false, content: json(input) },
    responses: { 200: record, ...problems(400, 401, 403, 404, 409, 412, 413, 415, 422) },
  })
  if (!action.bulk) return
  const ids = { type: 'array', items: { type: 'string', format: 'uuid' }, minItems: 1, maxItems: 1000 }
  const named = { ...input, properties: { ...(isRecord(input.properties) ? input.properties : {}), ids } }
  add(`${path}/${action.name}`, 'post', {
    operationId: `actOnMany${name}${verb}`,
    summary: `${action.label}: many at once`,
    ...about,
    parameters: [refParameter('idempotencyKey')],
    requestBody: {
      required: true,
      content: json({ ...named, required: [...(Array.isArray(input.required) ? input.required : []), 'ids'] }),
    },
    responses: {
      200: { description: 'What was done and what was refused', content: json(ref('Bulk')) },
      ...problems(400, 401, 403, 409, 413, 415, 422),
    },
  })
}

function addRoute(add: Add, route: Of<Route>): void {
  const { method, path } = partsOf(route.at)
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  const template = `/api${path.replace(/:(\w+)/g, '{$1}')}`
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const parameters = [...inPath, ...queryParameters(route.query)]
  add(template, method.toLowerCase(), {
    operationId: `${method.toLowerCase()}${path.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [route.module],
    ...(route.summary !== undefined && { summary: route.summary }),
    ...(route.may === 'anybody' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: route.uploads ? withFiles(route.body) : json(inputSchema(route.body)) } }),
    responses: {
      ...(route.returns
        ? { 200: { description: 'Done', content: json(toSchema(route.returns, 'output')) } }
        : { 200: { description: 'Done' }, 204: { description: 'Done' } }),
      ...problems(400, 401, 403, 404, 422),
    },
  })
}

/** The fields first, then the files. */
function withFiles(schema: z.ZodType): object {
  const { properties, ...rest } = inputSchema(schema)
  const files = { type: 'array', items: { type: 'string', format: 'binary' } }
  return { 'multipart/form-data': { schema: { ...rest, properties: { ...(isRecord(properties) && properties), files } } } }
}

function queryParameters(schema: z.ZodType | undefined): readonly object[] {
  if (!schema) return []
  const { properties, required } = inputSchema(schema)
  return Object.entries(isRecord(properties) ? properties : {}).map(([name, property]) => {
    const { description, ...its } = isRecord(property) ? property : {}
    const isRequired = Array.isArray(required) && required.includes(name)
    return { name, in: 'query', required: isRequired, ...(description !== undefined && { description }), schema: its }
  })
}

/** A schema as it is sent. A value that names a record may be its id or its code. */
function inputSchema(schema: z.ZodType): JsonSchema {
  return toSchema(schema, 'input')
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema instanceof z.ZodType && !(zodSchema instanceof z.ZodOptional) && referenceOf(zodSchema)) {
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
        jsonSchema.$ref = '#/components/schemas/Written'
      }
    },
  })
  return rest
}

function filterParameter(model: ModelMeta): object {
  const fields = [...model.fields.values()]
    .filter(isForSomebody)
    .map((field) => `${field.name}: ${operatorsOf(field).join(', ')}`)
    .filter((line) => !line.endsWith(': '))
  return {
    name: 'filter',
    in: 'query',
    style: 'deepObject',
    explode: true,
    description: `filter[field]=value, filter[field][operator]=value, filter[relation.field]=value, filter[or][0][field]=value.\n${fields.join('\n')}`,
    schema: { type: 'object', additionalProperties: true },
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
