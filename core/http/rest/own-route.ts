/** The routes that modules declare themselves, below /api. */
import type { z } from 'zod'
import { BadRequest, type FieldError, UserError } from '../../errors.ts'
import { reasonOf } from '../../model/reasons.ts'
import type { Of } from '../../module/composition.ts'
import type { Route } from '../../module/module.ts'
import type { Services } from '../../service/services.ts'
import { readJson } from '../body.ts'
import { requestOf } from '../page-request.ts'
import { mayInWords, partsOf, refuseUnpermitted } from '../pages.ts'
import { isReply, sendReply } from '../reply.ts'
import type { SessionCookie } from '../session.ts'
import type { Endpoint, Http, HttpDeps } from '../state.ts'
import { withUpload } from '../upload.ts'
import { sendAnswer, sendOnce } from './answer.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export function ownRoute(route: Of<Route>, deps: HttpDeps, cookie: SessionCookie): Endpoint {
  const { method: written, path } = partsOf(route.at)
  const method = methods.find((each) => each === written)
  if (!method) throw new TypeError(`"${route.at}" of "${route.module}" begins with none of ${methods.join(', ')}.`)
  return {
    method,
    path: `/api${path}`,
    may: mayInWords(route.may),
    open: true,
    module: route.module,
    async handle(http, services, params) {
      refuseUnpermitted(http, route.may)
      if (route.query) refuseWrong(route.query, http.querystring)
      if (route.uploads) return runWithFiles(route, http, services, params, cookie)
      const { value, text } = method === 'GET' ? { value: undefined, text: '' } : await readJson(http.req)
      const request = requestOf(http, params, route.body ? checked(route.body, value) : value, text)
      // Only a new thing can be made twice by mistake, and only an answer of data can be kept.
      if (method === 'POST' && http.get('Idempotency-Key') !== '') {
        return sendOnce(http, services, deps, text, async () => answerOf(await route.run(request, services)))
      }
      const result = await route.run(request, services)
      if (isReply(result)) sendReply(http, result, cookie)
      else sendAnswer(http, answerOf(result))
    },
  }
}

/** Not once for an Idempotency-Key: what was sent would have to be sent again to be compared. */
async function runWithFiles(
  route: Of<Route>,
  http: Http,
  services: Services,
  params: Readonly<Record<string, string>>,
  cookie: SessionCookie,
): Promise<void> {
  if (http.get('Idempotency-Key') !== '')
    throw new BadRequest('request.no_key_for_files', 'A request with files takes no Idempotency-Key: leave it out.')
  const result = await withUpload(http.req, async ({ fields, files }) =>
    route.run(requestOf(http, params, route.body ? checked(route.body, fields) : fields, '', files), services),
  )
  if (isReply(result)) sendReply(http, result, cookie)
  else sendAnswer(http, answerOf(result))
}

/** BadRequest (400) names each word of the query that the schema refuses. */
function refuseWrong(schema: z.ZodType, query: string): void {
  const parsed = schema.safeParse(Object.fromEntries(new URLSearchParams(query)))
  if (parsed.success) return
  const errors = parsed.error.issues.map(fieldError)
  const names = [...new Set(errors.map(({ field }) => field))].join(', ')
  throw new BadRequest(
    'request.wrong_query',
    'The query is missing something or has something that does not fit: {names}.',
    { names },
    { errors },
  )
}

class Invalid extends UserError {}

/** The value after its schema; UserError (422) names each field that it refuses. */
function checked(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(fieldError)
  throw new Invalid('request.invalid', 'The body does not have the form that this takes.', {}, { errors })
}

const fieldError = (issue: z.core.$ZodIssue): FieldError => ({
  field: issue.path.join('.'),
  code: `validation.${issue.code}`,
  text: '{reason}',
  values: { reason: reasonOf(issue) },
})

function answerOf(result: unknown) {
  if (isReply(result)) {
    const body = typeof result.body === 'string' ? result.body : Buffer.from(result.body).toString('utf8')
    return { status: result.status, headers: result.headers, body, record: undefined }
  }
  return result === undefined
    ? { status: 204, headers: {}, body: '', record: undefined }
    : { status: 200, headers: {}, body: JSON.stringify(result), record: undefined }
}
