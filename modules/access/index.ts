import base from '@tessera/base'
import { defineModule } from '@tessera/core'
import web from '@tessera/web'
import { explainMenus, explainOnForms } from './explain.ts'
import { pages } from './pages.ts'
import { peopleActions, peoplePermissions, peopleViews } from './people.ts'
import { peopleRoutes } from './people-routes.ts'
import { profileMenus } from './profile.ts'
import { roleMenus, rolePermissions } from './roles.ts'

export default defineModule({
  name: 'access',
  depends: [base, web],
  menus: [...profileMenus, ...roleMenus, ...explainMenus],
  permissions: [...rolePermissions, ...peoplePermissions],
  actions: peopleActions,
  views: peopleViews,
  pages,
  routes: peopleRoutes,
  overrides: { client: explainOnForms },
})
