import { menu } from '@tessera/core'

/** What is each one's own stands behind his name, at the foot of the sidebar: `menu('My profile', { in: account, opens: '/profile' })`. */
export const account = menu('Account', { icon: 'user' })
