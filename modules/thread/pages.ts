import { staff } from '@tessera/base'
import { fill, html, type ModelMeta, NotFound, page, type Reply, type Request, type Services, UserError } from '@tessera/core'
import { Activity, complete } from './activity.model.ts'
import { myActivitiesPage } from './my-activities.ts'
import { tieTo } from './place.ts'

type Talk = { readonly model: string; readonly id: string }
type Deed = (services: Services, model: ModelMeta, request: Request<Talk>) => Promise<string>

export const pages = [
  page('GET /my-activities', { may: staff, respond: myActivitiesPage }),
  page('GET /talk/:model/:id/people', { may: staff, respond: offered }),
  page('GET /talk/:model/:id/replies', { may: staff, respond: replies }),
  page('POST /talk/:model/:id/follow', { may: staff, respond: deed(follow) }),
  page('POST /talk/:model/:id/unfollow', { may: staff, respond: deed(unfollow) }),
  page('POST /talk/:model/:id/followers', { may: staff, respond: deed(invite) }),
  page('POST /talk/:model/:id/activities', { may: staff, respond: deed(schedule) }),
  page('POST /activities/:id/done', { may: staff, respond: done }),
]

/** Does it to a record that the caller may read, says in a word what happened, and leads back. */
function deed(run: Deed): (request: Request<Talk>, services: Services) => Promise<Reply> {
  return async (request, services) => {
    const model = await demandReadable(services, request.params)
    const back = `/${model.path}/${request.params.id}`
    try {
      return services.screens.done(request, back, { text: await run(services, model, request), tone: 'success' })
    } catch (error) {
      if (!(error instanceof UserError) || error.status >= 500 || error instanceof NotFound) throw error
      return services.screens.done(request, back, { text: sentence(services, error), tone: 'error' })
    }
  }
}

async function demandReadable({ app, context, records }: Services, { model: path, id }: Talk): Promise<ModelMeta> {
  const model = app.models.byPath(path)
  if (!model?.exposed || !context.caller.ability.possible('read', model))
    throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  await records.get(model.handle, id, ['id'] as never)
  return model
}

async function offered(request: Request<Talk>, services: Services): Promise<Reply> {
  const model = await demandReadable(services, request.params)
  const data = await services.followers.colleagues(model, request.params.id, request.query.get('q') ?? '')
  const twice = (name: string) => data.filter((each) => each.name === name).length > 1
  // What is put into the text: the address of whoever shares his name.
  const people = data.map(({ name, email }) => ({ name, email, as: twice(name) ? email : name }))
  return json({ data: people })
}

/** Saved replies as they would stand in a text about the record: in a message, or with `as=note` in a note. */
async function replies(request: Request<Talk>, services: Services): Promise<Reply> {
  const model = await demandReadable(services, request.params)
  const about = { model, id: request.params.id, internal: request.query.get('as') === 'note' }
  return json({ data: await services.savedReplies.offered(about, request.query.get('q') ?? '') })
}

function json(body: object): Reply {
  return html(JSON.stringify(body), { headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' } })
}

async function follow({ context, followers, text }: Services, model: ModelMeta, { params }: Request<Talk>): Promise<string> {
  await followers.invite(model, params.id, context.caller.id ?? '')
  return text('thread.you_follow')
}

async function unfollow({ context, followers, text }: Services, model: ModelMeta, { params }: Request<Talk>): Promise<string> {
  await followers.remove(model, params.id, context.caller.id ?? '')
  return text('thread.you_unfollow')
}

async function invite({ followers, text }: Services, model: ModelMeta, request: Request<Talk>): Promise<string> {
  const typed = textIn(request, 'who')
  const found = typed === '' ? [] : await followers.colleagues(model, request.params.id, typed)
  const exact = found.filter(({ name, email }) => [name, email].some((each) => each.toLowerCase() === typed.toLowerCase()))
  const [only, ...others] = exact.length > 0 ? exact : found
  if (!only || others.length > 0)
    throw new UserError(
      'thread.who',
      'There is not exactly one colleague called "{typed}" who may read this. Choose one of those that are offered.',
      { typed },
    )
  await followers.add(model, request.params.id, only.id)
  return text('thread.follows_now', { name: only.name })
}

async function schedule({ app, context, records, text }: Services, model: ModelMeta, request: Request<Talk>): Promise<string> {
  const tie = tieTo(app, Activity, model)
  if (tie === undefined) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const typed = new Map(['summary', 'due', 'type', 'user'].map((name) => [name, textIn(request, name)]))
  const given = Object.fromEntries([...typed].filter(([, value]) => value !== ''))
  await records.create(Activity, { user: context.caller.id, ...given, [tie]: request.params.id } as never)
  return text('thread.scheduled', { summary: typed.get('summary') })
}

async function done(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  const { records, screens, text } = services
  const feedback = textIn(request, 'feedback')
  const { summary } = await records.act(complete, request.params.id, feedback ? { feedback } : {}, undefined, ['summary'])
  const back = textIn(request, 'back')
  const isOwn = /^\/[a-z0-9-]+(\/[0-9a-f-]{36})?(\?[\w=&-]*)?$/.test(back)
  return screens.done(request, isOwn ? back : '/my-activities', { text: text('thread.was_done', { summary }), tone: 'success' })
}

function sentence({ text }: Services, error: UserError): string {
  const { code, text: english, values } = error.errors[0] ?? error
  const said = text(code, values)
  return said === code ? fill(english, values ?? {}) : said
}

function textIn({ body }: Pick<Request, 'body'>, name: string): string {
  const value = (body as Readonly<Record<string, unknown>> | undefined)?.[name]
  return typeof value === 'string' ? value.trim() : ''
}
