import { User } from '@tessera/base'
import { defineModel, type Fields, given, list, type Model, p, search } from '@tessera/core'

const fields = {
  user: () => p.manyToOne(User),
}

/**
 * One of the staff who wants to hear of a record. A model that is followed adds a relation to itself, names it under `within`, and makes
 * it unique together with `user`. Written by the service `followers` alone.
 */
export interface Follower extends Fields<typeof fields> {}
export const Follower: Model<Follower> = defineModel('follower', fields, {
  title: given(['user.name'], ({ user }) => user.name),
  icon: 'eye',
  order: { createdAt: 'asc' },
  extensible: false,
  fields: { user: { label: 'Follows', where: { active: true, staff: true } } },
})

export const followerViews = [list(Follower, [{ field: 'user', as: 'person' }, 'createdAt']), search(Follower, { facets: ['user'] })]
