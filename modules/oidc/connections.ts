/** Whoever is signed in connects what providers call him with his account, or ends that. */

import { staff } from '@tessera/base'
import {
  Conflict,
  demandConfirmed,
  Forbidden,
  NotFound,
  type Page,
  page,
  type Reply,
  type Request,
  type Services,
  type UserError,
} from '@tessera/core'
import { templates } from '@tessera/web'
import { keepingWay, wayIn } from './cookie.ts'
import type { Arrival } from './oidc.service.ts'
import { connect } from './people.ts'
import { UserIdentity } from './user-identity.model.ts'

const render = templates(new URL('templates/', import.meta.url))
export const connectionsPath = '/profile/connections'

export const connectionPages: readonly Page[] = [
  page(`GET ${connectionsPath}`, { may: 'signed-in', respond: (request, services) => listed(request, services) }),
  page(`POST ${connectionsPath}/:provider`, { may: 'signed-in', respond: begin }),
  page(`POST ${connectionsPath}/:provider/remove`, { may: 'signed-in', respond: remove }),
]

/** It came to nothing: why, above the accounts as they are. */
export async function connectRefused(request: Request, error: UserError, services: Services): Promise<Reply> {
  const said = services.text(error.code, error.values)
  return { ...(await listed(request, services, said === error.code ? error.message : said)), status: error.status }
}

async function listed(request: Request, services: Services, error?: string): Promise<Reply> {
  const user = selfIn(services)
  const { rows } = await known(services).query(UserIdentity, { fields: ['provider.name', 'createdAt', 'lastSignInAt'], where: { user } })
  const day = new Intl.DateTimeFormat(services.context.locale, { dateStyle: 'medium', timeZone: services.context.zone })
  const providers = (await services.oidc.active()).map(({ name, label }) => {
    const its = rows.find(({ provider }) => provider.name === name)
    const since = its && services.text('oidc.connected_since', { day: day.format(its.createdAt) })
    return {
      label,
      ...(since !== undefined && { since }),
      action: its ? `${connectionsPath}/${name}/remove` : `${connectionsPath}/${name}`,
    }
  })
  return shown(
    request,
    services,
    services.text('oidc.connections'),
    render('connections', { providers, csrf: request.csrf, ...(error !== undefined && { error }) }, services),
  )
}

/** The way to the provider is a link of a page: a form may not lead to another site. */
async function begin(request: Request<{ provider: string }>, services: Services): Promise<Reply> {
  const user = selfIn(services)
  demandConfirmed(services.context)
  const provider = await services.oidc.provider(request.params.provider)
  const { address, browser } = await services.oidc.depart(provider, { next: connectionsPath, connecting: user }, wayIn(request, services))
  const model = { provider: provider.label, address: address.href, site: address.host, back: connectionsPath }
  const reply = await shown(
    request,
    services,
    services.text('oidc.connect_to', { provider: provider.label }),
    render('connect', model, services),
  )
  return keepingWay(reply, browser, services)
}

/** The provider has named somebody: it is he who began, signed in as then. */
export async function connectArrived(request: Request, { person, provider, connecting }: Arrival, services: Services): Promise<Reply> {
  const user = selfIn(services)
  if (user !== connecting)
    throw new Forbidden('oidc.other_user', 'Somebody else began to connect {provider}. Begin again, signed in as yourself.', {
      provider: provider.label,
    })
  const records = known(services)
  await records.transaction(async () => {
    const its = await records.find(UserIdentity, { provider: provider.id, subject: person.subject })
    if (its && its.user.id !== user)
      throw new Conflict('oidc.taken', 'This account of {provider} is connected with another user here.', { provider: provider.label })
    if (!its) await connect(provider, person, user, services)
  })
  return services.screens.done(request, connectionsPath, {
    tone: 'success',
    text: services.text('oidc.connected', { provider: provider.label }),
  })
}

async function remove(request: Request<{ provider: string }>, services: Services): Promise<Reply> {
  const user = selfIn(services)
  demandConfirmed(services.context)
  const its = await known(services).find(UserIdentity, { provider: { name: request.params.provider }, user })
  if (!its) throw new NotFound('oidc.not_connected', 'This account is not connected any more.')
  await known(services).remove(UserIdentity, its.id)
  return services.screens.done(request, connectionsPath, {
    tone: 'success',
    text: services.text('oidc.disconnected', { provider: its.provider.label }),
  })
}

/** Nobody connects an account that he only looks at. */
export function selfIn({ context: { caller, credential } }: Services): string {
  if (caller.id === null || credential?.kind !== 'session' || credential.viewedBy)
    throw new Forbidden('oidc.only_oneself', 'Accounts are connected by whose they are, signed in with a browser.')
  return caller.id
}

/** In the frame of whoever asks: customers have no sidebar. */
async function shown(request: Request, services: Services, title: string, content: string): Promise<Reply> {
  const { screens, context } = services
  if (context.caller.ability.has(staff)) return screens.page(request, { title, content, at: connectionsPath })
  return screens.open(request, { title, content: render('oidc-open', { title, content }, services) })
}

function known({ asSystem }: Services) {
  return asSystem('What a provider calls somebody is his own, and kept by the system.')
}
