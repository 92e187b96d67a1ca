import { defineModel, type Fields, type Model, p } from '@tessera/core'
import { User } from './user.model.ts'

const fields = {
  user: () => p.manyToOne(User),
  secret: p.string(),
  recoveryCodes: p.json().$type<readonly string[]>().default([]),
  lastStep: p.integer().default(0),
}

/**
 * What a user's app makes codes from. It is in force once `User.secondFactor` says so. The secret is sealed, of recovery codes only
 * hashes are kept, and `lastStep` is the time of the last code that was taken: no code is taken twice.
 */
export interface SecondFactor extends Fields<typeof fields> {}
export const SecondFactor: Model<SecondFactor> = defineModel('secondFactor', fields, {
  title: 'id',
  exposed: false,
  personal: true,
  fields: { secret: { only: [] }, recoveryCodes: { only: [] }, lastStep: { only: [] } },
  unique: { user: { of: ['user'], else: 'This user has a second factor already.' } },
})
