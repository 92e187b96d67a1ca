import { ApiKey, User } from '@tessera/base'
import { type Changes, NotFound, type Reply, type Request, type Services, UserError } from '@tessera/core'
import { keepWorkingDay, weekDays } from '@tessera/web'
import { profilePage, type Wrong } from './profile-page.ts'
import { textIn } from './roles-form.ts'

/** His name, language and time zone, and his address if he may: with his own rights, like any change of a user. */
export function saveAbout(request: Request, services: Services): Promise<Reply> {
  return unless(request, services, 'about', async () => {
    const sent = typeof request.body === 'object' && request.body !== null ? request.body : {}
    const text = (field: string) => (field in sent ? { [field]: textIn(request, field) } : {})
    const choice = (field: string) => (field in sent ? { [field]: textIn(request, field) || null } : {})
    const changes: Changes<User> = { ...text('name'), ...text('email'), ...choice('language'), ...choice('zone') }
    const id = String(services.context.caller.id)
    const known = await services.asSystem('Everybody knows his own name and address.').get(User, id)
    const changed = Object.entries(changes).filter(([field, value]) => known[field as keyof User] !== value)
    if (changed.length > 0) await services.records.update(User, id, Object.fromEntries(changed))
    return 'access.profile.saved'
  })
}

/** When he works: an empty one is as the organisation has it. */
export function saveWorkingDay(request: Request, services: Services): Promise<Reply> {
  return unless(request, services, 'day', async () => {
    const [begins, ends, week] = ['dayBegins', 'dayEnds', 'weekBegins'].map((field) => textIn(request, field) || null)
    const weekBegins = weekDays.find((day) => day === week) ?? null
    await keepWorkingDay(services, { dayBegins: begins ?? null, dayEnds: ends ?? null, weekBegins })
    return 'access.profile.saved'
  })
}

export function changePassword(request: Request, services: Services): Promise<Reply> {
  return unless(request, services, 'password', async () => {
    const [current, password, repeat] = [passwordIn(request, 'current'), passwordIn(request, 'password'), passwordIn(request, 'repeat')]
    if (password !== repeat) throw new UserError('access.passwords_differ', 'The two new passwords are not the same. Type them again.')
    await services.account.changePassword(current, password)
    return 'access.profile.password_changed'
  })
}

export async function endSession(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  await services.sessions.end(request.params.id)
  return done(request, services, 'access.profile.session_ended')
}

export async function endOtherSessions(request: Request, services: Services): Promise<Reply> {
  await services.sessions.endOthers()
  return done(request, services, 'access.profile.sessions_ended')
}

export async function revokeKey(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  const key = await services.records.find(ApiKey, { id: request.params.id, user: String(services.context.caller.id) })
  if (!key) throw new NotFound('access.no_such_key', 'This key was revoked already, or it is not yours.')
  await services.records.remove(ApiKey, key.id)
  return done(request, services, 'access.profile.key_revoked')
}

/** Says what was done, or shows the form again with what is wrong in it. */
async function unless(request: Request, services: Services, at: Wrong['at'], run: () => Promise<string>): Promise<Reply> {
  try {
    return done(request, services, await run())
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'access.confirm') throw error
    return profilePage(request, services, { at, error })
  }
}

function done(request: Request, { screens, text }: Services, said: string): Reply {
  return screens.done(request, '/profile', { tone: 'success', text: text(said) })
}

/** As it was typed: blanks are part of a password. */
function passwordIn({ body }: Request, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[name] : undefined
  return typeof value === 'string' ? value : ''
}
