/** A new API key, for oneself: it is shown once. */
import { ApiKey } from '@tessera/base'
import { Forbidden, type Reply, type Request, type Services, scopePattern, UserError } from '@tessera/core'
import { textIn } from './roles-form.ts'
import { sentence } from './roles-page.ts'
import { render } from './roles-render.ts'

const here = '/api-keys/new'

export async function newKeyPage(request: Request, services: Services, error?: UserError): Promise<Reply> {
  const { screens, text } = services
  refuseLooking(services)
  const typed = (name: string, first = '') => textIn(request, name) || first
  const content = render(
    'people-key',
    {
      csrf: request.csrf,
      action: here,
      back: '/api-keys',
      name: typed('name'),
      scopes: typed('scopes'),
      perMinute: typed('perMinute', '600'),
      expires: typed('expires'),
      error: error && sentence(services, error),
    },
    services,
  )
  const reply = await screens.page(request, { title: text('access.people.new_key'), content, at: '/api-keys' })
  return error ? { ...reply, status: error.status } : reply
}

export async function makeKey(request: Request, services: Services): Promise<Reply> {
  const { context, keys, screens, text } = services
  refuseLooking(services)
  try {
    const { key } = await keys.create(String(context.caller.id), demandedName(request), limitsIn(request, context.now))
    const content = render('people-key-made', { key, back: '/api-keys' }, services)
    const reply = await screens.page(request, { title: text('access.people.key_made'), content, at: '/api-keys' })
    return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } }
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'access.confirm') throw error
    return newKeyPage(request, services, error)
  }
}

function demandedName(request: Request): string {
  const name = textIn(request, 'name')
  if (name === '') throw new UserError('access.key_name', 'Say what the key is for, so that it can be recognised later.')
  return name
}

function limitsIn(request: Request, now: Date) {
  const scopes = textIn(request, 'scopes')
    .split(/[\s,]+/)
    .filter(Boolean)
  const wrong = scopes.find((scope) => !scopePattern.test(scope))
  if (wrong !== undefined)
    throw new UserError('access.key_scope', '"{scope}" is no scope. Write one such as ticket:read, ticket:*, *:read or right:<name>.', {
      scope: wrong,
    })
  const perMinute = Number(textIn(request, 'perMinute') || 600)
  if (!Number.isInteger(perMinute) || perMinute < 1)
    throw new UserError('access.key_minute', 'The requests a minute are a whole number from 1.')
  const day = textIn(request, 'expires')
  const expiresAt = day === '' ? null : new Date(`${day}T23:59:59Z`)
  if (expiresAt && !(expiresAt > now)) throw new UserError('access.key_day', 'The last day of a key is one in the future.')
  return { scopes: scopes.length > 0 ? scopes : null, perMinute, expiresAt }
}

function refuseLooking({ app, context }: Services): void {
  if (context.caller.ability.possible('read', app.models.of(ApiKey))) return
  throw new Forbidden('access.no_keys', 'Your role does not allow you to have API keys.')
}
