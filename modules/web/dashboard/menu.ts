import { staff } from '@tessera/base'
import { menu } from '@tessera/core'

/** Where the day begins: the first place of the sidebar. */
export const dashboard = menu('Dashboard', { icon: 'layout-dashboard', opens: '/dashboard', may: staff })
