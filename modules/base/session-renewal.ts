import { on, type Services } from '@tessera/core'
import { User } from './user.model.ts'

/** A token that somebody may have copied must not be worth more, or go on being worth the same, when the rights behind it change. */
export const renewsSessions = on(User, ['roles'], async (user, { sessions }: Services) => sessions.renewAll(user.id))
