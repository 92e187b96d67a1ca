import { html, page, type Reply, type Request, route, type Services, UserError } from '@tessera/core'
import { z } from 'zod'
import { download } from './files/download.ts'

const file = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  size: z.number().describe('In bytes'),
  draft: z.boolean().describe('Sent, and not yet saved with anything'),
  createdAt: z.iso.datetime(),
  createdBy: z.object({ id: z.uuid(), label: z.string() }).nullable(),
})
const whose = {
  model: z.string().max(100).describe('The name of a model, or its path'),
  record: z.uuid(),
}
const about = z.object(whose).partial()

export const attachmentRoutes = [
  route('GET /attachments', {
    may: 'signed-in',
    summary: 'The files of a record',
    query: z.object(whose),
    returns: z.object({ data: z.array(file) }),
    run: async ({ query }, { attachments }) => ({
      data: await attachments.list({ model: query.get('model') ?? '', record: query.get('record') ?? '' }),
    }),
  }),
  route('POST /attachments', {
    may: 'signed-in',
    summary: 'Sends files: for a record, or without one as drafts, whose ids an action takes that says something',
    uploads: true,
    body: about,
    returns: z.object({ data: z.array(file) }),
    run: async ({ files, body: { model, record } }, { attachments }) => ({
      data: await attachments.take(files, model !== undefined && record !== undefined ? { model, record } : undefined),
    }),
  }),
  route('GET /attachments/:id/content', {
    may: 'signed-in',
    summary: 'The content of a file, all of it or a range',
    run: async (request, { attachments }) => download(request, await attachments.open(request.params.id)),
  }),
  route('DELETE /attachments/:id', {
    may: 'signed-in',
    summary: 'Takes a file away',
    run: ({ params }, { attachments }) => attachments.remove(params.id),
  }),
]

/** The same for whoever is signed in, with a browser: its scripts send each file by itself, and want to know in words what is refused. */
export const attachmentPages = [
  page('GET /attachments/:id', {
    may: 'signed-in',
    respond: async (request, { attachments }) => download(request, await attachments.open(request.params.id)),
  }),
  page('POST /attachments', { may: 'signed-in', uploads: true, respond: sent }),
]

async function sent({ files, body }: Request, { attachments, text }: Services): Promise<Reply> {
  try {
    const { model, record } = about.catch({}).parse(body)
    const to = model !== undefined && record !== undefined ? { model, record } : undefined
    return json({ data: await attachments.take(files, to) })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const said = text(error.code, error.values)
    return json({ detail: said === error.code ? error.message : said }, error.status)
  }
}

function json(value: object, status = 200): Reply {
  return html(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  })
}
