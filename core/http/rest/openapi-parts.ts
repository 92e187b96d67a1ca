/** What every document of the API has alike: parameters, refusals and shapes, and the ways to name them. */

export function json(schema: object): object {
  return { 'application/json': { schema } }
}
export function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` }
}
export function refParameter(name: string): object {
  return { $ref: `#/components/parameters/${name}` }
}
export function wrapped(data: object): object {
  return { type: 'object', required: ['data'], properties: { data } }
}
export function page(items: object): object {
  const meta = {
    type: 'object',
    required: ['next'],
    properties: {
      next: { type: ['string', 'null'], description: 'The cursor of the next page' },
      total: { type: 'integer' },
      capped: { type: 'boolean', description: 'True when there are more than 10,000' },
    },
  }
  return { type: 'object', required: ['data', 'meta'], properties: { data: { type: 'array', items }, meta } }
}
export function problems(...statuses: readonly (keyof typeof responses)[]): object {
  return Object.fromEntries([...statuses, 429 as const].map((status) => [status, { $ref: `#/components/responses/${status}` }]))
}

const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: ref('Problem') } } })
export const responses = {
  400: problem('The request cannot be understood'),
  401: problem('No key, or one that is not known'),
  403: problem('Not permitted'),
  404: problem('There is no such record, or none that the caller may see'),
  409: problem('Somebody else was first, or the same request is still being worked on'),
  412: problem('If-Match names another version'),
  413: problem('The body is too large'),
  415: problem('The body is not application/json'),
  422: problem('A rule or a validation refuses it'),
  429: { ...problem('Too many requests'), headers: { 'Retry-After': { schema: { type: 'integer' } } } },
} as const

export const etagHeader = { description: '"<version>-<hash of the representation>"', schema: { type: 'string' } }
export const locationHeader = { description: 'The path of the new record', schema: { type: 'string' } }

const query = (name: string, description: string, schema: object = { type: 'string' }) => ({ name, in: 'query', description, schema })
const header = (name: string, description: string) => ({ name, in: 'header', description, schema: { type: 'string' } })
export const parameters = {
  id: { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
  sort: query('sort', 'Fields to sort by, comma-separated; a minus sorts downwards. Ties are broken by id, empty values come last.'),
  fields: query('fields', 'Fields to show, comma-separated; partner.email goes through a relation.'),
  q: query('q', 'Words to look for'),
  limit: query('limit', 'How many, 50 unless told', { type: 'integer', minimum: 1, maximum: 200 }),
  cursor: query('cursor', 'meta.next of the page before'),
  offered: query(
    'offered',
    'Only what can be chosen now: without the records that a disabled module shipped. A relation, ticket.assignee, keeps the list to what ' +
      'it may be given; partner.head:<id> is needed where that follows from its record.',
    { type: 'string', examples: ['true', 'ticket.type'] },
  ),
  total: query('total', 'Counts the matching records too, up to 10,001', { type: 'boolean' }),
  by: { ...query('by', 'Fields to group by, comma-separated; a date takes a grain: createdAt:month'), required: true },
  measures: query('measures', 'count, or a number with :sum, :avg, :median, :min, :max; comma-separated'),
  ifMatch: header('If-Match', 'An ETag: the change is refused (412) when the record has another version'),
  ifNoneMatch: header('If-None-Match', 'An ETag: 304 when the answer would be the same'),
  idempotencyKey: header('Idempotency-Key', 'The same key with the same body gets the first answer again, for 24 hours'),
}

export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string', description: 'A sentence for people' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'code', 'detail'],
        properties: { field: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    requestId: { type: 'string' },
  },
}
export const referenceSchema = {
  type: 'object',
  required: ['id', 'label'],
  properties: { id: { type: 'string', format: 'uuid' }, label: { type: 'string' } },
  additionalProperties: true,
}
export const writtenSchema = {
  description: 'A record, by its id or by its code',
  anyOf: [
    { type: 'string', format: 'uuid' },
    { type: 'object', required: ['code'], properties: { code: { type: 'string' } } },
    { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } },
  ],
}
export const bulkSchema = {
  type: 'object',
  required: ['done', 'refused'],
  properties: {
    done: { type: 'array', items: { type: 'string', format: 'uuid' } },
    refused: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'code', 'detail'],
        properties: { id: { type: 'string', format: 'uuid' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
}
export const historySchema = {
  type: 'object',
  required: ['id', 'at'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    at: { type: 'string', format: 'date-time' },
    actor: { anyOf: [ref('Reference'), { type: 'null' }] },
    door: { type: ['string', 'null'] },
    field: { type: ['string', 'null'] },
    label: { type: ['string', 'null'] },
    old: {},
    new: {},
  },
}
