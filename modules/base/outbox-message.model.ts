import { action, ago, defineModel, type Fields, form, given, list, type Model, p, search } from '@tessera/core'
import type { MailedFile } from './mailed-files.ts'

const fields = {
  channel: p.string(),
  to: p.string(),
  subject: p.string().nullable(),
  text: p.text().nullable(),
  html: p.text().nullable(),
  messageId: p.string(),
  conversation: p.string().nullable(),
  references: p.json().$type<readonly string[]>(),
  files: p.json().$type<readonly MailedFile[]>().nullable(),
  event: p.string().nullable(),
  model: p.string().nullable(),
  record: p.string().nullable(),
  status: p.enum(['waiting', 'sent', 'dead', 'discarded']).default('waiting'),
  attempts: p.integer().default(0),
  nextAttemptAt: p.datetime(),
  sendingUntil: p.datetime().nullable(),
  validUntil: p.datetime().nullable(),
  error: p.text().nullable(),
  sentAt: p.datetime().nullable(),
  secret: p.boolean().default(false),
}

/** One message to one receiver, from the moment it is decided until the other side has taken it. */
export interface OutboxMessage extends Fields<typeof fields> {}
export const OutboxMessage: Model<OutboxMessage> = defineModel('outboxMessage', fields, {
  label: 'Outgoing message',
  plural: 'Outbox',
  title: given(['subject', 'to'], ({ subject, to }) => subject ?? to),
  icon: 'send',
  extensible: false,
  order: { createdAt: 'desc' },
  fields: {
    channel: { help: 'How the receiver is reached.' },
    text: { label: 'Message' },
    html: { label: 'Message as HTML', only: [] },
    messageId: { label: 'Message-ID', help: 'The same on every attempt, so that a message that arrives twice is shown once.' },
    conversation: { help: 'Messages of one conversation reach one receiver in their order.' },
    references: { label: 'Earlier messages', help: 'The Message-IDs of the conversation so far.' },
    files: { help: 'The attachments that go with it.' },
    event: { help: 'What the message tells of.' },
    model: { label: 'About', help: 'The model of the record that the message is about.' },
    record: { help: 'The id of the record that the message is about.' },
    status: { tracked: true, options: { waiting: 'Waiting', sent: 'Sent', dead: 'Dead letter', discarded: 'Discarded' } },
    nextAttemptAt: { label: 'Next attempt' },
    sendingUntil: { only: [] },
    validUntil: { help: 'After this it would tell nothing true any more and is not sent.' },
    error: { label: 'What happened', tracked: true },
    sentAt: { label: 'Sent' },
    secret: { help: 'Its text signs somebody in: administrators only, until it is delivered and the text erased.' },
  },
  unique: { messageId: { of: ['messageId'], else: 'There is already a message {messageId}.' } },
  indexes: [{ of: ['nextAttemptAt'], where: { status: 'waiting' } }, { of: ['conversation'] }],
})

type Shown = Exclude<keyof OutboxMessage, 'text' | 'html'>
const kept: readonly Shown[] = ['createdAt', 'updatedAt', 'createdBy', 'updatedBy', 'version']
/** What may be seen of a message whose text is a secret. */
export const withoutText: readonly Shown[] = [
  ...Object.keys(fields).filter((name): name is Exclude<keyof typeof fields, 'text' | 'html'> => !['text', 'html'].includes(name)),
  ...kept,
]

/** At once, however often it was tried. */
export const retry = action(OutboxMessage, 'retry', {
  label: 'Try again',
  help: 'Sends it at once, however often it was tried.',
  icon: 'refresh',
  bulk: true,
  when: { status: { $in: ['waiting', 'dead'] } },
  otherwise: '"{title}" was sent or discarded. Only what waits or is a dead letter is tried again.',
  run: (message, _, { outbox }) => outbox.retry(message),
})

/** Takes a message out that nobody needs any more. */
export const discard = action(OutboxMessage, 'discard', {
  label: 'Discard',
  help: 'It is never sent; it stays to be seen.',
  icon: 'trash',
  bulk: true,
  when: { status: { $in: ['waiting', 'dead'] } },
  otherwise: '"{title}" was sent or discarded already. Only what waits or is a dead letter can be discarded.',
  run: (message, _, { outbox }) => outbox.discard(message),
})

export const outboxList = list(
  OutboxMessage,
  [
    { field: 'status', as: 'badge', tones: { danger: { status: 'dead' }, success: { status: 'sent' } } },
    'to',
    'subject',
    { field: 'channel', as: 'badge' },
    { field: 'event', optional: 'hidden' },
    'createdAt',
    { field: 'attempts', optional: 'hidden' },
    { field: 'nextAttemptAt', optional: 'hidden' },
    { field: 'sentAt', optional: 'shown' },
    { field: 'error', optional: 'shown' },
  ],
  {
    tones: {
      danger: { status: 'dead' },
      warning: { status: 'waiting', createdAt: { $lt: ago({ hours: 1 }) } },
      muted: { status: 'discarded' },
    },
  },
)
export const outboxForm = form(
  OutboxMessage,
  [
    { group: 'receiver', label: 'Receiver', of: ['to', 'channel', 'subject', 'event'] },
    {
      group: 'delivery',
      label: 'Delivery',
      of: [
        { field: 'status', as: 'badge', tones: { danger: { status: 'dead' }, success: { status: 'sent' } } },
        'attempts',
        { field: 'nextAttemptAt', hidden: { status: { $ne: 'waiting' } } },
        'sentAt',
        { field: 'error', wide: true },
      ],
    },
    { tab: 'message', label: 'Message', of: [{ field: 'text', wide: true }] },
    {
      tab: 'technical',
      label: 'Technical',
      of: [
        'messageId',
        'conversation',
        { field: 'references', as: 'facts' },
        { field: 'files', as: 'facts' },
        'model',
        'record',
        'secret',
        'validUntil',
      ],
    },
  ],
  { buttons: [retry, discard] },
)
export const outboxSearch = search(OutboxMessage, {
  texts: ['to', 'subject'],
  filters: { waiting: { status: 'waiting' }, dead: { status: 'dead' }, sent: { status: 'sent' }, discarded: { status: 'discarded' } },
  groups: ['status', 'channel', 'event', 'createdAt:day'],
  facets: ['status', 'channel'],
})
