/** The frame of the customers' pages. */
import { customer } from '@tessera/base'
import type { Reply, Request, Services } from '@tessera/core'
import { initialsOf, organisationName, templates, toneOf } from '@tessera/web'
import { portalLook } from './accent.ts'

const render = templates(new URL('templates/', import.meta.url))

/** Which entry of the head is marked. */
type Place = 'home' | 'new'

interface Shown {
  readonly title: string
  readonly at?: Place
  /** On a phone the head has room for one thing: where one is, with a way back. */
  readonly back?: string
  readonly status?: number
}

/** A page of the portal: the template between head and foot. */
export async function show(
  services: Services,
  request: Request,
  template: string,
  model: object,
  { title, at, back, status = 200 }: Shown,
): Promise<Reply> {
  const { app, context } = services
  const { caller, locale } = context
  const head = {
    organisation: await organisationName(services),
    title,
    at,
    back,
    isKnown: caller.id !== null,
    isCustomer: caller.ability.has(customer),
    links: caller.id === null ? [] : await services.client.accountLinks(),
    profile: app.pages.some(({ at }) => at === 'GET /profile') ? '/profile' : undefined,
    user: { name: caller.name, initials: initialsOf(caller.name), tone: toneOf(caller.name) },
    language: languageName(locale),
    languages: [...app.texts.keys()].map((each) => ({ locale: each, label: languageName(each), isChosen: each === locale })),
    here: request.method === 'GET' && request.query.size > 0 ? `${request.path}?${request.query}` : request.path,
  }
  await services.settings.remembered(portalLook)
  const content = render(template, { ...model, head, csrf: request.csrf }, services)
  const reply = services.screens.open(request, { title, content })
  return { ...reply, status, headers: { 'cache-control': 'no-store', ...reply.headers } }
}

/** A language in its own words. */
function languageName(locale: string): string {
  const name = new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}
