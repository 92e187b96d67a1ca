import base, { administrator, system } from '@tessera/base'
import { defineModule, menu } from '@tessera/core'
import web from '@tessera/web'
import { pages } from './pages.ts'
import { fieldsPath } from './places.ts'

export default defineModule({
  name: 'custom',
  depends: [base, web],
  menus: [menu('Fields', { in: system, icon: 'adjustments-horizontal', opens: fieldsPath, may: administrator })],
  pages,
})
