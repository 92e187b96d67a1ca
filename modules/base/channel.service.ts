import type { Services } from '@tessera/core'
import type { Channel } from './channel.ts'
import { emailChannel } from './email.channel.ts'

declare module '@tessera/core' {
  interface Services {
    readonly channels: ChannelService
  }
}

/** The channels of this deployment. An addon adds its own: `override all() { return [...super.all(), telegram] }`. */
export class ChannelService {
  protected readonly services: Services
  constructor(services: Services) {
    this.services = services
  }

  all(): readonly Channel[] {
    return [emailChannel(this.services)]
  }

  named(name: string): Channel | undefined {
    return this.all().find((channel) => channel.name === name)
  }
}
