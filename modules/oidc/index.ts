import base, { administrator, people } from '@tessera/base'
import { defineModule, job, menu, type Services } from '@tessera/core'
import web, { account } from '@tessera/web'
import { forgetOld } from './attempts.ts'
import { confirmationPages, waysToConfirm } from './confirmation.ts'
import { connectionPages, connectionsPath } from './connections.ts'
import { IdentityProvider, IdentityRole, setSecret, test } from './identity-provider.model.ts'
import { OidcService } from './oidc.service.ts'
import { pages } from './pages.ts'
import { SignInAttempt } from './sign-in-attempt.model.ts'
import { testPage } from './test-page.ts'
import { UserIdentity } from './user-identity.model.ts'
import { views } from './views.ts'

export type { OidcService } from './oidc.service.ts'
export { IdentityProvider, IdentityRole, setSecret, UserIdentity }

export default defineModule({
  name: 'oidc',
  depends: [base, web],
  models: [IdentityProvider, IdentityRole, UserIdentity, SignInAttempt],
  services: { oidc: OidcService },
  actions: [test, setSecret],
  views,
  menus: [
    menu('Sign-in', { in: people, icon: 'login-2', opens: IdentityProvider, may: administrator }),
    menu('Connected accounts', { in: account, icon: 'plug-connected', opens: connectionsPath }),
  ],
  pages: [...pages, ...connectionPages, ...confirmationPages, testPage],
  jobs: [job('oidc.forget', { every: '20 * * * *', run: (_, services) => forgetOld(services) })],
  permissions: [
    // Who somebody is, is said by the provider, at a sign-in.
    administrator.cannot(['create', 'update'], UserIdentity),
  ],
  overrides: {
    client: (Client) =>
      class extends Client {
        readonly #services: Services
        constructor(services: Services) {
          super(services)
          this.#services = services
        }

        /** A link for each provider: a form could not lead to another site. */
        override async waysIn(next: string) {
          const { oidc, text } = this.#services
          const query = next === '/' ? '' : `?${new URLSearchParams({ next })}`
          const ways = (await oidc.active()).map(({ name, label }) => ({
            label: text('oidc.sign_in_with', { provider: label }),
            href: `/sign-in/with/${name}${query}`,
            icon: 'login-2',
          }))
          return [...(await super.waysIn(next)), ...ways]
        }

        override async waysToConfirm(next: string) {
          const ways = await waysToConfirm(this.#services, next)
          return [...(await super.waysToConfirm(next)), ...ways.map((way) => ({ ...way, icon: 'login-2' }))]
        }

        /** Customers have no sidebar that leads there. */
        override async accountLinks() {
          const { oidc, text } = this.#services
          const links = await super.accountLinks()
          if ((await oidc.active()).length === 0) return links
          return [...links, { label: text('oidc.connections'), href: connectionsPath, icon: 'plug-connected' }]
        }
      },
  },
})
