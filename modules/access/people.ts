/** Users: inviting them, and how each of them signs in. */
import { administrator, staff, User } from '@tessera/base'
import { action, given, page, patch, permission } from '@tessera/core'
import { endAllSessions, endSession, revokeKey, showLink } from './people-deeds.ts'
import { invitePage, inviteSomebody } from './people-invite.ts'
import { makeKey, newKeyPage } from './people-keys.ts'
import { personPage } from './people-page.ts'

/** Sees where a user is signed in, and ends it. */
const seeSignIns = permission('access.sign-ins', 'See how users sign in')

const signIns = action(User, 'signIns', {
  label: 'Sign-in and sessions',
  help: 'Where the user is signed in, the second factor, invitations, keys.',
  icon: 'devices',
  opens: given(['id'], ({ id }) => `/users/${id}/sign-in` as const),
})

export const peopleActions = [signIns]
export const peopleViews = [patch(User, { form: { after: 'name', insert: [signIns] } })]
export const peoplePermissions = [administrator.may(seeSignIns)]

const may = seeSignIns
export const peoplePages = [
  page('GET /users/new', { may: staff, respond: (request, services) => invitePage(request, services) }),
  page('POST /users/new', { may: staff, respond: inviteSomebody }),
  page('GET /users/:id/sign-in', { may, respond: (request, services) => personPage(request, services) }),
  page('POST /users/:id/sign-in/link', { may, respond: showLink }),
  page('POST /users/:id/sign-in/sessions', { may, respond: endAllSessions }),
  page('POST /users/:id/sign-in/sessions/:session', { may, respond: endSession }),
  page('POST /users/:id/sign-in/keys/:key', { may, respond: revokeKey }),
  page('GET /api-keys/new', { may: staff, respond: (request, services) => newKeyPage(request, services) }),
  page('POST /api-keys/new', { may: staff, respond: makeKey }),
]
