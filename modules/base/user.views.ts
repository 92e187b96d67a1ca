import { form, list, search } from '@tessera/core'
import { activate, deactivate } from './deactivation.ts'
import { invite } from './invite.ts'
import { resetSecondFactor } from './second-factor-reset.ts'
import { User } from './user.model.ts'

export const userList = list(
  User,
  [
    { field: 'name', as: 'person' },
    'email',
    { field: 'roles', as: 'tags' },
    { field: 'teams', as: 'tags' },
    'lastSignInAt',
    { field: 'secondFactor', optional: 'shown' },
    { field: 'invitedAt', optional: 'shown' },
  ],
  { filter: ['active'], tones: { muted: { active: false } } },
)

export const userForm = form(
  User,
  [
    'name',
    { group: 'access', of: ['email', { field: 'roles', as: 'tags' }, { field: 'teams', as: 'tags' }, 'active', 'secondFactor'] },
    { group: 'preferences', of: ['language', 'zone', 'lastSignInAt', { field: 'invitedAt', hidden: { invitedAt: null } }] },
  ],
  { buttons: [invite, resetSecondFactor, deactivate, activate] },
)

export const userSearch = search(User, {
  texts: ['name', 'email'],
  filters: {
    active: { active: true },
    archived: { active: false },
    invited: { active: true, invitedAt: { $ne: null }, lastSignInAt: null },
    never: { active: true, lastSignInAt: null },
    withoutSecondFactor: { active: true, secondFactor: false },
  },
  facets: ['roles', 'teams'],
})
