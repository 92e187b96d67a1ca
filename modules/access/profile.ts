/** "My profile": what everybody sets for himself, whoever he is. Each part of the page is a form of its own. */
import { type Menu, menu, type Page, page } from '@tessera/core'
import { account } from '@tessera/web'
import { changePassword, endOtherSessions, endSession, revokeKey, saveAbout, saveWorkingDay } from './profile-deeds.ts'
import { profilePage } from './profile-page.ts'
import { beginSecondFactor, confirmSecondFactor, renewCodes, secondFactorPage, turnOffSecondFactor } from './profile-second-factor.ts'

const may = 'signed-in'

export const profilePages: readonly Page[] = [
  page('GET /profile', { may, respond: (request, services) => profilePage(request, services) }),
  page('POST /profile', { may, respond: saveAbout }),
  page('POST /profile/working-day', { may, respond: saveWorkingDay }),
  page('POST /profile/password', { may, respond: changePassword }),
  page('GET /profile/second-factor', { may, respond: (request, services) => secondFactorPage(request, services) }),
  page('POST /profile/second-factor', { may, respond: beginSecondFactor }),
  page('POST /profile/second-factor/confirm', { may, respond: confirmSecondFactor }),
  page('POST /profile/second-factor/codes', { may, respond: renewCodes }),
  page('POST /profile/second-factor/off', { may, respond: turnOffSecondFactor }),
  page('POST /profile/sessions', { may, respond: endOtherSessions }),
  page('POST /profile/sessions/:id', { may, respond: endSession }),
  page('POST /profile/keys/:id', { may, respond: revokeKey }),
]

export const profileMenus: readonly Menu[] = [menu('My profile', { in: account, icon: 'user', opens: '/profile' })]
