/** Ways in and out, which end sessions and are limited by the minute: walked once, by somebody who is here only for this. */
import { csrfToken } from '../../../core/http/csrf.ts'
import type { Wire } from './client.ts'
import type { WholeDesk } from './desk.ts'

const password = 'kettle of purple fish'

/** The routes that answered well. */
export async function walkEntrance(desk: WholeDesk, wire: Wire): Promise<readonly string[]> {
  const { identity } = await desk.servicesFor({ door: 'system' })
  const { id } = await identity.createUser({ email: 'walker@people.example', name: 'Walker', roles: ['agent'], password })
  const walked: string[] = []
  const walk = async (method: string, path: string, form?: Readonly<Record<string, string>>, headers = {}) => {
    const body = form && { body: String(new URLSearchParams(form)), type: 'application/x-www-form-urlencoded' }
    const answer = await wire.send({ method, path, ...body }, headers)
    const route = desk.served(answer.requestId)?.route
    if (answer.status < 400 && route !== undefined) walked.push(route)
    return answer
  }
  await walk('POST', '/sign-in', { email: 'walker@people.example', password })
  await walk('GET', '/sign-in/link')
  await walk('POST', '/sign-in/link', { email: 'walker@people.example' })
  const link = await identity.createLink(id, 'sign-in')
  await walk('GET', `/sign-in/${link}`)
  await walk('POST', `/sign-in/${link}`)
  const first = await identity.createLink(id, 'first-run')
  await walk('GET', `/first-run/${first}`)
  await walk('POST', `/first-run/${first}`, { name: 'Walker', email: 'walker@people.example', password, repeat: password })
  const { token } = await identity.openSession(id)
  await walk('POST', '/sign-out', { _csrf: csrfToken(token) }, { cookie: `tessera=${token}` })
  return walked
}
