/** The plan of an operation: read first, then confirmed. */
import { Conflict, demandConfirmed, html, type Plan, type Reply, type Request, type Services, spoken, UserError } from '@tessera/core'
import { type Asked, askedIn, type OfOperation, purging, sentAs } from './asked.ts'
import { appsPath, choicesOf, operationHref } from './places.ts'
import { destroys, planModel, takesThisPage } from './plan-view.ts'
import { render } from './render.ts'

/** Making a plan takes a process of its own and a second or two: the page begins at once, and its plan follows in the same answer. */
export async function planPage(request: OfOperation, services: Services): Promise<Reply> {
  return planned(request, services, await askedIn(request, services))
}

export function purgePage(request: Request, services: Services): Promise<Reply> {
  return planned(request, services, purging)
}

async function planned(request: Request, services: Services, asked: Asked): Promise<Reply> {
  const page = await framed(request, services, asked, `<!--${place}-->`)
  const [before = '', after = ''] = String(page.body).split(`<!--${place}-->`)
  // Compressed, the first part would wait for the second.
  return { ...page, headers: { ...page.headers, 'cache-control': 'no-store, no-transform' }, body: '', pieces: pieces() }

  async function* pieces(): AsyncGenerator<string> {
    yield before
    yield await plan()
    yield after
  }
  async function plan(): Promise<string> {
    try {
      return await planHtml(request, services, asked, await services.modules.plan(asked.operation))
    } catch (error) {
      // The answer has begun, so that what goes wrong can only be said in it.
      return failureHtml(services, asked, error)
    }
  }
}

/** The whole plan as a file: what is copied, and what a program reads. */
export async function planDocument(request: OfOperation, services: Services): Promise<Reply> {
  return documentOf(services, await askedIn(request, services))
}

export function purgeDocument(_: Request, services: Services): Promise<Reply> {
  return documentOf(services, purging)
}

async function documentOf(services: Services, { operation }: Asked): Promise<Reply> {
  const plan = await services.modules.plan(operation)
  const file = ['plan', operation.verb, ...operation.names].join('-').replaceAll(/[^\w-]+/g, '-')
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-disposition': `attachment; filename="${file}.json"` }
  return html(`${JSON.stringify(plan, null, 2)}\n`, { headers })
}

export async function confirmPlan(request: OfOperation, services: Services): Promise<Reply> {
  return confirmed(request, services, await askedIn(request, services))
}

export function confirmPurge(request: Request, services: Services): Promise<Reply> {
  return confirmed(request, services, purging)
}

async function confirmed(request: Request, services: Services, asked: Asked): Promise<Reply> {
  const { modules, screens, context } = services
  demandConfirmed(context)
  const plan = await modules.plan(asked.operation)
  const refusal = refusalOf(request, asked, plan)
  if (refusal) {
    const page = await framed(request, services, asked, await planHtml(request, services, asked, plan, refusal))
    return { ...page, status: refusal.status }
  }
  const id = await modules.begin(asked.operation, {
    digest: plan.digest,
    actor: String(context.caller.id),
    backup: sentAs(request, 'backup') !== '',
  })
  return screens.done(request, operationHref(id))
}

function refusalOf(request: Request, { typed }: Asked, plan: Plan): UserError | undefined {
  if (takesThisPage(plan))
    return new Conflict('apps.takes_itself', 'This would take away the page that shows how far it is. Do it at the command line.')
  if (plan.refusals.length > 0) return new Conflict('apps.impossible', 'This cannot be done as it is: see below what to do about it.')
  if (sentAs(request, 'digest') !== plan.digest)
    return new Conflict(
      'apps.changed',
      'The modules, the database or your choices have changed since you read the plan, so nothing was done. This is the new plan: read it, and confirm it again.',
    )
  if (destroys(plan) && sentAs(request, 'typed') !== typed)
    return new UserError('apps.not_typed', 'Nothing was done: type "{name}" to confirm that its data goes.', { name: typed })
  return undefined
}

const place = 'the plan'

async function framed(request: Request, services: Services, { known, operation }: Asked, content: string): Promise<Reply> {
  const { screens, text } = services
  const title = text(`apps.${operation.verb}_title`, { name: known?.title ?? '' })
  return screens.page(request, {
    title,
    content: render('apps-planning', { content, waits: content.startsWith('<!--') }, services),
    at: appsPath,
  })
}

async function planHtml(request: Request, services: Services, asked: Asked, plan: Plan, refusal?: UserError): Promise<string> {
  const { operation, at, back } = asked
  const model = {
    ...(await planModel(services, asked, plan)),
    csrf: request.csrf,
    action: at,
    cancel: back,
    document: `${at}/plan${choicesOf(operation)}`,
    wrong: refusal && errorIn(services, refusal),
    typed: refusal ? sentAs(request, 'typed') : '',
    backsUp: refusal ? sentAs(request, 'backup') !== '' : true,
  }
  return render('apps-plan', model, services)
}

function failureHtml(services: Services, { back }: Asked, error: unknown): string {
  if (!(error instanceof UserError)) services.log.error({ err: error }, 'A plan could not be made.')
  const wrong = error instanceof UserError ? errorIn(services, error) : { sentence: services.text('apps.no_plan') }
  return render('apps-failed', { ...wrong, back }, services)
}

function errorIn(services: Services, { code, message, values, hint }: UserError) {
  return spoken(services, { code, sentence: message, values, hint })
}
