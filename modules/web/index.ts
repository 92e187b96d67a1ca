import base from '@tessera/base'
import { defineModule } from '@tessera/core'
import { ClientService } from './server/client.service.ts'
import { pages } from './server/pages.ts'

declare module '@tessera/core' {
  interface Services {
    readonly client: ClientService
  }
}

export default defineModule({ name: 'web', depends: [base], services: { client: ClientService }, pages })
