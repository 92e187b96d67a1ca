import { defineModule, me, menu } from '@tessera/core'
import { AccountService } from './account.service.ts'
import { ApiKey, apiKeyViews } from './api-key.model.ts'
import { keepsFileHistory } from './attachment.history.ts'
import { sweepsFiles } from './attachment.job.ts'
import { Attachment } from './attachment.model.ts'
import { attachmentPages, attachmentRoutes } from './attachment.routes.ts'
import { attachmentSettings } from './attachment.settings.ts'
import { AttachmentService } from './attachments.service.ts'
import { auditErase, auditHead, auditVerify } from './audit.command.ts'
import { sealsAudit } from './audit.job.ts'
import { AuditService } from './audit.service.ts'
import { AuditEntry, auditViews } from './audit-entry.model.ts'
import { AuditPersonal } from './audit-personal.model.ts'
import { AuditSeal } from './audit-seal.model.ts'
import { auditedModels } from './audited.ts'
import { ChannelService } from './channel.service.ts'
import { activate, deactivate, signsOut } from './deactivation.ts'
import { explainRoute } from './explain.route.ts'
import { IdentityService } from './identity.service.ts'
import { InvitationService } from './invitations.service.ts'
import { invite } from './invite.ts'
import { KeyService } from './keys.service.ts'
import { Link } from './link.model.ts'
import { mailsLink } from './link-mail.ts'
import { LinkService } from './links.service.ts'
import { mailSettings } from './mail.settings.ts'
import { mailTest, outboxRetry } from './outbox.command.ts'
import { deliver, deliverDue } from './outbox.job.ts'
import { OutboxService } from './outbox.service.ts'
import { discard, OutboxMessage, outboxForm, outboxList, outboxSearch, retry, withoutText } from './outbox-message.model.ts'
import { roleExplain, roleGrant, roleList, roleRevoke } from './role.commands.ts'
import { Role, roleRow, roleRows, roleViews } from './role.model.ts'
import { administrator, agent, customer, manager, staff, viewer } from './roles.ts'
import { RuleSet } from './rule-set.model.ts'
import { RulesService } from './rules.service.ts'
import { SealingService } from './sealing.service.ts'
import { SecondFactor } from './second-factor.model.ts'
import { SecondFactorService } from './second-factor.service.ts'
import { resetSecondFactor } from './second-factor-reset.ts'
import { Session } from './session.model.ts'
import { renewsSessions } from './session-renewal.ts'
import { SessionService } from './sessions.service.ts'
import { Setting } from './setting.model.ts'
import { configSettings } from './settings.command.ts'
import { SettingsService } from './settings.service.ts'
import { Team, teamViews } from './team.model.ts'
import { forgetModules } from './uninstalled.ts'
import { isZone, User } from './user.model.ts'
import { userForm, userList, userSearch } from './user.views.ts'
import { mayViewAs, ViewAsService } from './view-as.service.ts'

export type { AccountService } from './account.service.ts'
export { Attachment } from './attachment.model.ts'
export { attachmentSettings } from './attachment.settings.ts'
export type { AttachmentService, KeptFile } from './attachments.service.ts'
export type { Origin } from './attempts.ts'
export type { AuditService, Noted } from './audit.service.ts'
export { AuditEntry } from './audit-entry.model.ts'
export type { AuditKind } from './audit-kinds.ts'
export { AuditPersonal } from './audit-personal.model.ts'
export { AuditSeal } from './audit-seal.model.ts'
export type { ChannelService } from './channel.service.ts'
export { type Channel, type Outgoing, Undeliverable } from './channel.ts'
export { clauseInWords, comparisonParts, conditionInWords, pathInWords, placeholderInWords } from './condition-words.ts'
export { activate, deactivate } from './deactivation.ts'
export { failureOf, inParts } from './delivery.ts'
export { drafts } from './drafts.ts'
export { explaining } from './explain.route.ts'
export { explainedTo } from './explain-answer.ts'
export { askOf, modelNamed, recordNamed, verbs } from './explain-ask.ts'
export { explanationText } from './explanation-text.ts'
export { type Told, type ToldClause, type ToldField, type ToldRule, verbInWords } from './explanation-words.ts'
export type { Brought, BroughtFile } from './files/bring.ts'
export { NotTaken } from './files/take.ts'
export type { HalfOpen, IdentityService, OpenedSession } from './identity.service.ts'
export type { Invitation, InvitationService } from './invitations.service.ts'
export { invite } from './invite.ts'
export { conditionFields, conditionTraits, keepsWords, type StoredCondition } from './kept-condition.ts'
export type { KeyLimits, KeyService } from './keys.service.ts'
export type { LinkService } from './links.service.ts'
export { mailSettings } from './mail.settings.ts'
export type { MailedFile, OutgoingFile } from './mailed-files.ts'
export { networkOf } from './network.ts'
export type { Mail, OutboxService } from './outbox.service.ts'
export { OutboxMessage, outboxForm, outboxList, outboxSearch } from './outbox-message.model.ts'
export { demandPowerOver, demandReach, givableRoles } from './rights.ts'
export type { Drift, LocalRules, RulesOfModule, RulesService } from './rules.service.ts'
export { plainRules, sameRules } from './same-rules.ts'
export type { SealingService } from './sealing.service.ts'
export type { Enrolment, SecondFactorService } from './second-factor.service.ts'
export { resetSecondFactor } from './second-factor-reset.ts'
export type { LivingSession, SessionService } from './sessions.service.ts'
export type { SettingsService } from './settings.service.ts'
export { lockedIn, variablesOf } from './settings-locked.ts'
export { mayViewAs, type ViewAsService } from './view-as.service.ts'
export {
  ApiKey,
  administrator,
  agent,
  customer,
  isZone,
  Link,
  manager,
  Role,
  RuleSet,
  roleRow,
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

/**
 * What is set up once. Every module puts its entries into one of the sections below, or into one of its own:
 * `const desk = menu('Desk', { in: configuration })`, then `menu('Types', { in: desk, opens: TicketType })`.
 */
export const configuration = menu('Configuration', { icon: 'settings', may: manager })
/** Who works here and what each may do. */
export const people = menu('People', { in: configuration, icon: 'users' })
/** What happens by itself, and what goes out. */
export const automation = menu('Automation', { in: configuration, icon: 'route' })
/** How the installation itself is kept. */
export const system = menu('System', { in: configuration, icon: 'database' })

/** Lists that people go to again and again, each with its number: `menu('Unassigned', { in: views, opens: show(…), count: true })`. */
export const views = menu('Saved views', { icon: 'star' })

export default defineModule({
  name: 'base',
  models: [
    User,
    Role,
    RuleSet,
    Team,
    Session,
    SecondFactor,
    ApiKey,
    Link,
    Setting,
    OutboxMessage,
    AuditEntry,
    AuditPersonal,
    AuditSeal,
    Attachment,
  ],
  extends: auditedModels,
  uninstalled: forgetModules,
  services: {
    audit: AuditService,
    identity: IdentityService,
    settings: SettingsService,
    channels: ChannelService,
    outbox: OutboxService,
    sealing: SealingService,
    links: LinkService,
    sessions: SessionService,
    secondFactor: SecondFactorService,
    account: AccountService,
    rules: RulesService,
    invitations: InvitationService,
    keys: KeyService,
    viewAs: ViewAsService,
    attachments: AttachmentService,
  },
  roles: [administrator, manager, agent, viewer, staff, customer],
  data: [roleRows],
  views: [userList, userForm, userSearch, ...roleViews, ...teamViews, ...apiKeyViews, outboxList, outboxForm, outboxSearch, ...auditViews],
  actions: [invite, resetSecondFactor, activate, deactivate, retry, discard],
  jobs: [sealsAudit, deliver, deliverDue, mailsLink, sweepsFiles],
  routes: [explainRoute, ...attachmentRoutes],
  pages: attachmentPages,
  settings: [attachmentSettings, mailSettings],
  commands: [auditVerify, auditHead, auditErase, roleList, roleGrant, roleRevoke, roleExplain, mailTest, outboxRetry, configSettings],
  menus: [
    configuration,
    people,
    automation,
    system,
    views,
    menu('Users', { in: people, icon: 'user', opens: User, may: administrator }),
    menu('Teams', { in: people, icon: 'users', opens: Team }),
    menu('API keys', { in: people, icon: 'key', opens: ApiKey, may: administrator }),
    menu('Audit log', { in: people, icon: 'history', opens: AuditEntry, may: administrator }),
    menu('Outbox', { in: automation, icon: 'send', opens: OutboxMessage }),
  ],
  events: [renewsSessions, signsOut, ...keepsFileHistory],
  permissions: [
    // What people are called stands in every history; how they are reached concerns colleagues alone.
    viewer.can('read', User, {}, ['name', 'staff']),
    viewer.can('read', User, { staff: true }, ['email', 'active', 'teams']),
    viewer.can('read', User, { id: me.id }),
    viewer.can('update', User, { id: me.id }, ['name', 'language', 'zone']),
    viewer.can('read', Role),
    viewer.can('read', Team),
    viewer.can(['read', 'delete'], ApiKey, { user: me.id }),
    // A key is shown once, by whoever makes it: `identity.createKey`, and "tessera apikey create" in front of it.
    administrator.cannot('create', ApiKey),
    viewer.can('update', ApiKey, { user: me.id }, ['name', 'origins', 'scopes']),
    administrator.may(mayViewAs),
    manager.can(['create', 'update', 'delete'], Team),
    manager.can('read', OutboxMessage, {}, withoutText),
    manager.can('read', OutboxMessage, { secret: false }),
    manager.can([retry, discard], OutboxMessage),
    // Messages are written by what happens, and change by what becomes of them.
    administrator.cannot(['create', 'update', 'delete'], OutboxMessage),
    administrator.cannot(['create', 'update', 'delete'], AuditEntry),
    // A draft is its sender's. Who reads the files of a record, and who takes them away, says whichever module gives it some.
    ...[agent, customer].flatMap((role) => [
      role.can('create', Attachment),
      role.can(['read', 'delete'], Attachment, { draft: true, createdBy: me.id }),
    ]),
    customer.can('read', User, { id: me.id }, ['name', 'email', 'language', 'zone']),
    customer.can('update', User, { id: me.id }, ['name', 'language', 'zone']),
  ],
})
