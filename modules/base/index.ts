import { defineModule, me, menu, show } from '@tessera/core'
import { ApiKey, apiKeyViews } from './api-key.model.ts'
import { ChannelService } from './channel.service.ts'
import { signsOut } from './deactivation.ts'
import { IdentityService } from './identity.service.ts'
import { Link } from './link.model.ts'
import { mailsLink } from './link-mail.ts'
import { mailTest, outboxRetry } from './outbox.command.ts'
import { deliver, deliverDue } from './outbox.job.ts'
import { OutboxService } from './outbox.service.ts'
import { discard, OutboxMessage, outboxForm, outboxList, outboxSearch, retry, withoutText } from './outbox-message.model.ts'
import { Role, roleRows, roleViews } from './role.model.ts'
import { administrator, agent, customer, manager, staff, viewer } from './roles.ts'
import { Session } from './session.model.ts'
import { Setting } from './setting.model.ts'
import { SettingsService } from './settings.service.ts'
import { Team, teamViews } from './team.model.ts'
import { User, userForm, userList, userSearch } from './user.model.ts'

export type { ChannelService } from './channel.service.ts'
export { type Channel, type Outgoing, Undeliverable } from './channel.ts'
export { failureOf, inParts } from './delivery.ts'
export type { IdentityService, OpenedSession, Origin } from './identity.service.ts'
export { networkOf } from './network.ts'
export type { Mail, OutboxService } from './outbox.service.ts'
export { OutboxMessage, outboxForm, outboxList, outboxSearch } from './outbox-message.model.ts'
export type { SettingsService } from './settings.service.ts'
export {
  ApiKey,
  administrator,
  agent,
  customer,
  Link,
  manager,
  Role,
  Session,
  Setting,
  staff,
  Team,
  User,
  userForm,
  userList,
  userSearch,
  viewer,
}

/** Where every module puts what is set up once: `menu('Types', { in: configuration, opens: TicketType })`. */
export const configuration = menu('Configuration', { icon: 'settings', may: manager })

export default defineModule({
  name: 'base',
  models: [User, Role, Team, Session, ApiKey, Link, Setting, OutboxMessage],
  services: { identity: IdentityService, settings: SettingsService, channels: ChannelService, outbox: OutboxService },
  roles: [administrator, manager, agent, viewer, staff, customer],
  data: [roleRows],
  views: [userList, userForm, userSearch, ...roleViews, ...teamViews, ...apiKeyViews, outboxList, outboxForm, outboxSearch],
  actions: [retry, discard],
  jobs: [deliver, deliverDue, mailsLink],
  commands: [mailTest, outboxRetry],
  menus: [
    configuration,
    menu('Users', { in: configuration, icon: 'user', opens: User, may: administrator }),
    menu('Teams', { in: configuration, icon: 'users', opens: Team }),
    menu('Roles', { in: configuration, icon: 'shield', opens: Role, may: administrator }),
    menu('API keys', { in: configuration, icon: 'key', opens: ApiKey, may: administrator }),
    menu('Outbox', { in: configuration, icon: 'send', opens: show(OutboxMessage, { as: ['list'] }) }),
  ],
  events: [signsOut],
  permissions: [
    viewer.can('read', User, {}, ['name', 'email', 'active', 'teams']),
    viewer.can('read', User, { id: me.id }),
    viewer.can('update', User, { id: me.id }, ['name', 'language', 'zone']),
    viewer.can('read', Role),
    viewer.can('read', Team),
    viewer.can(['read', 'delete'], ApiKey, { user: me.id }),
    // A key is shown once, by whoever makes it: `identity.createKey`, and "tessera apikey create" in front of it.
    administrator.cannot('create', ApiKey),
    manager.can(['create', 'update', 'delete'], Team),
    manager.can('read', OutboxMessage, {}, withoutText),
    manager.can('read', OutboxMessage, { secret: false }),
    manager.can([retry, discard], OutboxMessage),
    // Messages are written by what happens, and change by what becomes of them.
    administrator.cannot(['create', 'update', 'delete'], OutboxMessage),
    customer.can('read', User, { id: me.id }, ['name', 'email', 'language', 'zone']),
    customer.can('update', User, { id: me.id }, ['name', 'language', 'zone']),
  ],
})
