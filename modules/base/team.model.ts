import { defineModel, type Fields, form, list, type Model, p, search } from '@tessera/core'
import { guardTeam } from './rights.ts'
import { User } from './user.model.ts'

const fields = {
  name: p.string(),
  leader: () => p.manyToOne(User).nullable(),
  members: () => p.manyToMany(User),
  active: p.boolean().default(true),
}

declare module '@tessera/core' {
  interface Me {
    /** The teams that the user is a member of: `{ team: me.teamIds }`. */
    teamIds: readonly string[]
  }
}

/** Users who share work. */
export interface Team extends Fields<typeof fields> {}
export const Team: Model<Team> = defineModel('team', fields, {
  title: 'name',
  icon: 'users',
  order: { name: 'asc' },
  announced: true,
  fields: { leader: { where: { active: true, staff: true } }, members: { where: { staff: true } } },
  guard: guardTeam,
  unique: { name: { of: ['name'], else: 'There is already a team named "{name}".' } },
})

export const teamViews = [
  list(Team, ['name', { field: 'leader', as: 'person' }, 'active'], { filter: ['active'], tones: { muted: { active: false } } }),
  form(Team, [
    'name',
    { group: 'lead', label: 'Team', of: ['leader', 'active'] },
    { tab: 'people', label: 'Members', of: [{ field: 'members', list: ['name', 'email'] }] },
  ]),
  search(Team, { texts: ['name', 'leader.name'], filters: { active: { active: true }, archived: { active: false } } }),
]
