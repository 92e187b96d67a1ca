import base, { agent, configuration, customer, manager, viewer } from '@tessera/base'
import { defineModule, me, menu } from '@tessera/core'
import thread from '@tessera/thread'
import { Partner, partnerForm, partnerList, partnerSearch } from './partner.model.ts'
import { PartnerTag, partnerTagViews } from './partner-tag.model.ts'
import { userExtension, userPatch } from './user.ts'

export { Partner, PartnerTag, partnerForm, partnerList, partnerSearch }

export const partners = menu('Partners', { icon: 'address-book', opens: Partner })
/** What of partners is set up once, beside what is of tickets. */
const ofPartners = menu('Partners', { in: configuration, icon: 'address-book' })

export default defineModule({
  name: 'partner',
  depends: [base, thread],
  models: [Partner, PartnerTag],
  extends: [userExtension],
  views: [partnerList, partnerForm, partnerSearch, ...partnerTagViews, userPatch],
  menus: [partners, ofPartners, menu('Partner tags', { in: ofPartners, icon: 'tag', opens: PartnerTag })],
  permissions: [
    viewer.can('read', Partner),
    viewer.can('read', PartnerTag),
    agent.can(['create', 'update'], Partner),
    manager.can(['delete', 'export'], Partner),
    manager.can(['create', 'update', 'delete'], PartnerTag),
    customer.can('read', Partner, { id: me.partnerId }),
  ],
})
