/** A mail as it would be, of a ticket that is there, or of an invented one. */
import type { Services } from '@tessera/core'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { organisationName } from '@tessera/web'
import { type Mail, type MailValues, renderMail } from './mail/render.ts'
import type { Happening } from './notification.service.ts'
import { NotificationTemplate } from './notification-template.model.ts'
import { languageOf, told, valuesFor } from './values.ts'

export interface Sample {
  readonly mail: Mail
  readonly language: string
  /** The number of the ticket it is made of; undefined for an invented one. */
  readonly number: string | undefined
}

/** The template with the latest ticket that the caller may read, in the language that was asked for. */
export async function sampleOf(services: Services, id: string, wanted: string | null): Promise<Sample> {
  const language = languageOf(services.app, wanted ?? services.context.locale)
  const reader = services.inLanguage(language)
  const template = await reader.records.get(NotificationTemplate, id)
  const { rows } = await reader.records.query(Ticket, { fields: ['number'], order: { createdAt: 'desc' }, limit: 1 })
  const latest = rows[0]
  const isPartner = template.audience === 'partner'
  const { name } = services.context.caller
  const values = latest
    ? await valuesFor(reader, (await seenHere(reader, latest.id)) ?? {}, {
        event: template.event,
        happenings: [await happeningOf(reader, latest.id, template)],
        audience: template.audience,
      })
    : await invented(reader, template, name)
  const receiver = isPartner ? values.partner : name
  return { mail: await renderMail(template, language, { ...values, name: receiver }), language, number: latest?.number }
}

async function seenHere({ context, records, seenBy }: Services, ticket: string) {
  return context.caller.id === null ? records.get(Ticket, ticket, told) : seenBy(context.caller.id, Ticket, ticket, told)
}

/** With what was last said publicly, where there was something; notes are in no mail. */
async function happeningOf({ records, context, text }: Services, ticket: string, template: NotificationTemplate): Promise<Happening> {
  const { caller } = context
  const happening = { ticket, event: template.event, actor: caller.id === null ? null : { id: caller.id, name: caller.name } }
  if (template.audience === 'doer') return { ...happening, said: { body: text('notifications.sample_activity'), by: 'staff' } }
  if (template.event !== 'replied') return happening
  const sender = template.audience === 'partner' ? 'staff' : 'customer'
  const { rows } = await records.query(Message, { fields: ['body'], where: { ticket, kind: 'public', sender }, limit: 1 })
  return { ...happening, said: { body: rows[0]?.body ?? text('notifications.sample_message'), by: sender } }
}

async function invented(services: Services, { audience }: NotificationTemplate, caller: string): Promise<MailValues> {
  const { config, text } = services
  const isPartner = audience === 'partner'
  const organisation = await organisationName(services)
  return {
    number: 'T-2026-00042',
    subject: text('notifications.sample_subject'),
    status: text('notifications.sample_status'),
    type: text('notifications.sample_type'),
    priority: text('notifications.sample_priority'),
    partner: 'Fatou Camara',
    assignee: isPartner ? '' : caller,
    team: isPartner ? '' : text('notifications.sample_team'),
    name: '',
    author: isPartner ? organisation : 'Fatou Camara',
    message: text(audience === 'doer' ? 'notifications.sample_activity' : 'notifications.sample_message'),
    reason: '',
    url: `${config.baseUrl}${isPartner ? '/my/tickets' : '/tickets'}`,
    organisation,
    footer: text(isPartner ? 'notifications.footer_customer' : 'notifications.footer_staff', { organisation }),
    files: '',
  }
}
