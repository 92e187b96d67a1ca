import base, { administrator, system } from '@tessera/base'
import { defineModule, menu } from '@tessera/core'
import web from '@tessera/web'
import { pages } from './pages.ts'
import { appsPath } from './places.ts'

export default defineModule({
  name: 'apps',
  depends: [base, web],
  menus: [menu('Apps', { in: system, icon: 'apps', opens: appsPath, may: administrator })],
  pages,
})
