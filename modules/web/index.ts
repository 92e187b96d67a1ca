import base from '@tessera/base'
import { defineModule } from '@tessera/core'
import { ClientService } from './server/client.service.ts'
import { pages } from './server/pages.ts'
import { ScreensService } from './server/screens.service.ts'

export { initialsOf, toneOf } from './person.ts'
export type { OwnPage, Render } from './server/screens.service.ts'
export { templates } from './server/screens.service.ts'

declare module '@tessera/core' {
  interface Services {
    readonly client: ClientService
    readonly screens: ScreensService
  }
}

export default defineModule({ name: 'web', depends: [base], services: { client: ClientService, screens: ScreensService }, pages })
