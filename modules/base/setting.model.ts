import { defineModel, type Fields, type Model, p } from '@tessera/core'

const fields = {
  key: p.string(),
  value: p.json().$type<unknown>(),
}

/** What an administrator changed of a module's settings; the defaults are in the module. */
export interface Setting extends Fields<typeof fields> {}
export const Setting: Model<Setting> = defineModel('setting', fields, {
  title: 'key',
  code: 'key',
  exposed: false,
  announced: true,
  unique: { key: { of: ['key'], else: 'The setting "{key}" is kept already.' } },
})
