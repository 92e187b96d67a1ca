import base from '@tessera/base'
import { defineModule } from '@tessera/core'
import { account } from './account.ts'
import { ClientService } from './server/client.service.ts'
import { pages } from './server/pages.ts'
import { ScreensService } from './server/screens.service.ts'

export { account } from './account.ts'
export { type BuilderAbout, filterBuilder, keptOr, type ReadFilter, readFilter } from './builder/builder.ts'
export type { BuilderChange } from './builder/typed.ts'
export { initialsOf, toneOf } from './person.ts'
export type { Bell, TalkParts } from './screens.ts'
export { ownPath } from './server/answer.ts'
export type { RecordAbout, RecordLink, WayIn } from './server/client.service.ts'
export { dueCell } from './server/due.ts'
export { bellTopic } from './server/events.ts'
export { whenOf } from './server/formats.ts'
export type { OwnPage, Render } from './server/screens.service.ts'
export { templates } from './server/screens.service.ts'
export { themeOf } from './server/shell.ts'

declare module '@tessera/core' {
  interface Services {
    readonly client: ClientService
    readonly screens: ScreensService
  }
}

export default defineModule({
  name: 'web',
  depends: [base],
  services: { client: ClientService, screens: ScreensService },
  menus: [account],
  pages,
})
