import { defineModel, extend, type Fields, list, type Model, p, patchView, search } from '@tessera/core'
import { Partner, partnerForm } from '@tessera/partner'

const fields = {
  channel: p.string(),
  address: p.string(),
  partner: () => p.manyToOne(Partner),
}

/** By what a channel calls a partner: who writes from the same address again is the same partner. */
export interface ContactPoint extends Fields<typeof fields> {}
export const ContactPoint: Model<ContactPoint> = defineModel('contactPoint', fields, {
  title: 'address',
  icon: 'message',
  within: ['partner'],
  fields: {
    channel: { help: 'The name of the channel, for example telegram.' },
    address: { help: 'What the channel calls the partner: the number of a chat.' },
    partner: { help: 'Who writes from there. Change it where a message made a second partner of a known one.' },
  },
  unique: { address: { of: ['channel', 'address'], else: 'The address {address} of {channel} belongs to a partner already.' } },
})

const points = { contactPoints: () => p.oneToMany(ContactPoint).mappedBy('partner') }
declare module '@tessera/partner' {
  interface Partner extends Fields<typeof points> {}
}
/** A partner knows his addresses. */
export const contactPointExtension = extend(Partner, points)

export const contactPointViews = [
  patchView(partnerForm, { in: 'people', insert: [{ field: 'contactPoints', list: ['channel', 'address'] }] }),
  list(ContactPoint, ['channel', 'address', { field: 'partner', as: 'person' }]),
  search(ContactPoint, { texts: ['address', 'partner.name'], facets: ['channel'] }),
]
