import { defineModel, type Fields, list, type Model, p, search } from '@tessera/core'

const fields = { name: p.string() }

/** A word that groups partners. */
export interface PartnerTag extends Fields<typeof fields> {}
export const PartnerTag: Model<PartnerTag> = defineModel('partnerTag', fields, {
  title: 'name',
  icon: 'tag',
  order: { name: 'asc' },
  unique: { name: { of: ['name'], else: 'There is already a tag "{name}".' } },
})

export const partnerTagViews = [list(PartnerTag, ['name']), search(PartnerTag, { texts: ['name'] })]
