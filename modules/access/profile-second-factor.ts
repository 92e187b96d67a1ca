import { type Reply, type Request, redirect, type Services, UserError } from '@tessera/core'
import { framed } from './profile-page.ts'
import { textIn } from './roles-form.ts'
import { sentence } from './roles-page.ts'
import { render } from './roles-render.ts'

const here = '/profile/second-factor'

export async function beginSecondFactor(_: Request, { secondFactor }: Services): Promise<Reply> {
  await secondFactor.begin()
  return redirect(here)
}

/** The secret as a picture and as a text, until a code of the app has confirmed it. */
export async function secondFactorPage(request: Request, services: Services, error?: UserError): Promise<Reply> {
  const { secondFactor, text } = services
  const pending = await secondFactor.pending()
  if (!pending) return redirect('/profile')
  const picture = `data:image/svg+xml;base64,${Buffer.from(pending.picture).toString('base64')}`
  const model = { csrf: request.csrf, ...pending, picture, error: error && sentence(services, error) }
  const reply = framed(services, request, text('access.profile.set_up'), render('profile-second-factor', model, services))
  return error ? { ...reply, status: error.status } : reply
}

export async function confirmSecondFactor(request: Request, services: Services): Promise<Reply> {
  try {
    return codesPage(request, services, await services.secondFactor.confirm(textIn(request, 'code')))
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'access.confirm') throw error
    return secondFactorPage(request, services, error)
  }
}

export async function renewCodes(request: Request, services: Services): Promise<Reply> {
  return codesPage(request, services, await services.secondFactor.renewRecoveryCodes())
}

export async function turnOffSecondFactor(request: Request, { screens, secondFactor, text }: Services): Promise<Reply> {
  await secondFactor.turnOff()
  return screens.done(request, '/profile', { tone: 'success', text: text('access.profile.off_now') })
}

/** Shown by the answer itself and by no address: once. */
function codesPage(request: Request, services: Services, codes: readonly string[]): Promise<Reply> {
  return framed(services, request, services.text('access.profile.codes'), render('profile-codes', { codes }, services))
}
