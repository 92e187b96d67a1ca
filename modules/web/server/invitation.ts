import { type Reply, type Request, type Services, UserError } from '@tessera/core'
import type { InvitationScreen } from '../screens.ts'
import { show } from './answer.ts'
import { textIn } from './body.ts'
import { originOf, private_ } from './entrance.ts'
import { readerOf } from './reader.ts'
import { letIn } from './second-step.ts'
import { sentenceOf } from './sentence.ts'
import { frameOf } from './shell.ts'

type Asked = Request<{ token: string }>

/** Where an invited person makes the account his own. Opening it uses nothing up: programs that look through mail open every link. */
export async function invitationPage(services: Services, request: Asked, wrong: InvitationScreen['errors'] = {}): Promise<Reply> {
  const { token } = request.params
  const { name, email } = await services.invitations.holderOf(token)
  const isWrong = Object.keys(wrong).length > 0
  const screen: InvitationScreen = {
    shell: frameOf(readerOf(services), request),
    action: `/invitation/${token}`,
    name: isWrong ? (textIn(request, 'name') ?? '') : name,
    email,
    minLength: shortestPassword,
    ...(isWrong && { errors: wrong }),
  }
  return show(services, request, 'invitation', screen, { status: isWrong ? 422 : 200, headers: private_ })
}

export async function acceptInvitation(services: Services, request: Asked): Promise<Reply> {
  const { text, invitations } = services
  const typed = (field: string) => textIn(request, field) ?? ''
  const name = typed('name').trim()
  const password = typed('without') ? undefined : typed('password')
  const wrong = {
    ...(name === '' && { name: text('web.name_missing') }),
    ...(password !== undefined && password !== typed('repeat') && { repeat: text('web.passwords_differ') }),
  }
  if (Object.keys(wrong).length > 0) return invitationPage(services, request, wrong)
  try {
    return letIn(await invitations.accept(request.params.token, { name, password }, originOf(request)), '/')
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'base.link_over') throw error
    const field = error.code.startsWith('base.password') ? 'password' : 'name'
    return invitationPage(services, request, { [field]: sentenceOf(error, text) })
  }
}

const shortestPassword = 12
