import { User } from '@tessera/base'
import { defineModel, type Fields, given, list, type Model, p, search } from '@tessera/core'
import { z } from 'zod'
import { Activity } from './activity.model.ts'
import { type Mention, mentionsIn } from './mentions.ts'
import { placeOf } from './place.ts'

const fields = {
  kind: p.enum(['public', 'note']),
  body: p.text(),
  sender: p.enum(['staff', 'customer', 'bot']),
  author: () => p.manyToOne(User).nullable(),
  channel: p.string().nullable(),
  externalId: p.string().nullable(),
  mentions: p.json().$type<readonly Mention[]>().nullable(),
  activity: () => p.manyToOne(Activity).nullable(),
}

/**
 * Something that was said about a record: to everybody who may see the record, or as a note to staff alone. A model that is talked
 * about adds a relation to itself and names it under `within`; then a message is read where its record is. Messages are written by
 * the actions of that model and never changed.
 */
export interface Message extends Fields<typeof fields> {}
export const Message: Model<Message> = defineModel('message', fields, {
  title: given(['body'], ({ body }) => (body.length > 80 ? `${body.slice(0, 80).trimEnd()}…` : body)),
  icon: 'message',
  order: { createdAt: 'desc' },
  appendOnly: true,
  fields: {
    kind: { options: { public: 'Message', note: 'Internal note' } },
    body: { valid: z.string().trim().min(1).max(20_000) },
    sender: { options: { staff: 'Staff', customer: 'Customer', bot: 'Automatic' } },
    author: { help: 'The user who wrote it; empty for somebody without an account, and for what is sent automatically.' },
    channel: { help: 'The way by which it came in: email, telegram. Empty for what was written here.' },
    externalId: { help: 'What the channel calls it, so that nothing is taken in twice.' },
    mentions: { readonly: true, help: 'The colleagues whom the text names after an @, as it named them.' },
    activity: { readonly: true, help: 'What was done, where this says what came of it.' },
  },
  unique: { external_id: { of: ['channel', 'externalId'], else: 'The message {externalId} of {channel} was taken in already.' } },
  around: {
    create: async (draft, next, services) => {
      const place = placeOf(services.app, Message, draft)
      const mentions = place && draft.sender === 'staff' ? await mentionsIn(draft.body, place, services) : []
      return next({ ...draft, mentions: mentions.length > 0 ? mentions : null })
    },
  },
})

export const messageViews = [
  list(Message, ['createdAt', 'kind', { field: 'author', as: 'person' }, 'sender', 'body', 'channel']),
  search(Message, { texts: ['body'], facets: ['kind', 'sender', 'author'] }),
]
