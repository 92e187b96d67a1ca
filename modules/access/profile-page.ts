import { ApiKey, staff, User } from '@tessera/base'
import type { Reply, Request, Services, UserError } from '@tessera/core'
import { looksOf, weekDays } from '@tessera/web'
import { sentence } from './roles-page.ts'
import { render } from './roles-render.ts'

/** What went wrong in which of the forms, with what was typed there. */
export interface Wrong {
  readonly at: 'about' | 'day' | 'password'
  readonly error: UserError
}

export async function profilePage(request: Request, services: Services, wrong?: Wrong): Promise<Reply> {
  const { account, asSystem, context, secondFactor, sessions, text } = services
  const id = String(context.caller.id)
  // Whoever looks as somebody sees what he is called, and nothing of how he signs in.
  const isLooking = context.credential?.kind === 'session' && context.credential.viewedBy !== undefined
  const user = await asSystem('Everybody knows his own name and address.').get(User, id)
  const proofs = isLooking ? undefined : await account.proofs()
  const content = render(
    'profile',
    {
      csrf: request.csrf,
      looks: looksOf(services, request),
      user,
      ...choicesOf(services, user),
      about: wrong?.at === 'about' ? sentence(services, wrong.error) : undefined,
      day: wrong?.at === 'day' ? sentence(services, wrong.error) : undefined,
      weekDays:
        context.caller.ability.has(staff) &&
        weekDays.map((value) => ({ value, label: text(`user.field.weekBegins.${value}`), chosen: user.weekBegins === value })),
      isLooking,
      hasPassword: proofs?.password,
      password: wrong?.at === 'password' ? sentence(services, wrong.error) : undefined,
      codesLeft: user.secondFactor && !isLooking ? await secondFactor.recoveryCodesLeft() : 0,
      sessions: isLooking
        ? []
        : (await sessions.own()).map((each) => ({ ...each, since: shown(services, each.since), seenAt: shown(services, each.seenAt) })),
      mayKeys: !isLooking && context.caller.ability.possible('read', services.app.models.of(ApiKey)),
      keys: isLooking ? [] : await keysOf(services, id),
    },
    services,
  )
  const reply = await framed(services, request, text('access.profile.title'), content)
  return wrong ? { ...reply, status: wrong.error.status } : reply
}

/** Staff sees it among the other screens; whom the organisation serves, as a page of its own. */
export async function framed(services: Services, request: Request, title: string, content: string): Promise<Reply> {
  const { context, screens } = services
  const isTop = request.path === '/profile'
  const open = async () => {
    const links = isTop ? await services.client.accountLinks() : []
    return render('profile-open', { title, content, links, back: isTop ? '/' : '/profile' }, services)
  }
  const reply = context.caller.ability.has(staff)
    ? await screens.page(request, { title, content, at: '/profile' })
    : screens.open(request, { title, content: await open() })
  return { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } }
}

/** Which of his fields he may change, and what he may choose. */
function choicesOf({ app, context }: Services, user: User) {
  const { caller, now } = context
  const model = app.models.of(User)
  const may = (field: string) => caller.ability.permits('update', model, { ...user }, { me: caller.me, now }, field)
  const languages = [...app.texts.keys()].map((locale) => ({
    value: locale,
    label: new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale,
    chosen: user.language === locale,
  }))
  const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])].map((value) => ({
    value,
    label: value.replaceAll('_', ' '),
    chosen: user.zone === value,
  }))
  return { mayName: may('name'), mayEmail: may('email'), mayChoose: may('language') && may('zone'), languages, zones }
}

async function keysOf(services: Services, user: string) {
  const { app, context, records } = services
  if (!context.caller.ability.possible('read', app.models.of(ApiKey))) return []
  const { rows } = await records.query(ApiKey, {
    fields: ['name', 'prefix', 'scopes', 'lastUsedAt', 'expiresAt'],
    where: { user },
    limit: 100,
  })
  return rows.map((key) => ({
    ...key,
    scopes: key.scopes?.join(', '),
    lastUsedAt: key.lastUsedAt && shown(services, key.lastUsedAt),
    expiresAt: key.expiresAt && shown(services, key.expiresAt),
    isOver: key.expiresAt !== null && key.expiresAt <= context.now,
  }))
}

function shown({ context }: Services, at: Date): string {
  return at.toLocaleString(context.locale, { timeZone: context.zone, dateStyle: 'medium', timeStyle: 'short' })
}
