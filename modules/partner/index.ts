import base, { agent, customer, manager, people, viewer } from '@tessera/base'
import { defineModule, me, menu } from '@tessera/core'
import thread from '@tessera/thread'
import { Partner, partnerForm, partnerList, partnerSearch } from './partner.model.ts'
import { PartnerTag, partnerTagViews } from './partner-tag.model.ts'
import { userExtension, userPatch } from './user.ts'

export { Partner, PartnerTag, partnerForm, partnerList, partnerSearch }

export const partners = menu('Partners', { icon: 'address-book', opens: Partner })

export default defineModule({
  name: 'partner',
  depends: [base, thread],
  models: [Partner, PartnerTag],
  extends: [userExtension],
  views: [partnerList, partnerForm, partnerSearch, ...partnerTagViews, userPatch],
  menus: [partners, menu('Partner tags', { in: people, icon: 'tag', opens: PartnerTag })],
  permissions: [
    viewer.can('read', Partner),
    viewer.can('read', PartnerTag),
    agent.can(['create', 'update'], Partner),
    manager.can(['delete', 'export'], Partner),
    manager.can(['create', 'update', 'delete'], PartnerTag),
    customer.can('read', Partner, { id: me.partnerId }),
  ],
})
