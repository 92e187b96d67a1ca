import { agent, manager, Team } from '@tessera/base'
import {
  type Changes,
  type Draft,
  defineModel,
  type Fields,
  form,
  list,
  type Model,
  me,
  p,
  type Services,
  search,
  translated,
  UserError,
} from '@tessera/core'
import { textsIn } from '@tessera/web'
import { z } from 'zod'
import { checkReply } from './placeholders.ts'

const fields = {
  name: p.string(),
  shortcut: p.string().nullable(),
  kind: p.enum(['public', 'note']).nullable(),
  body: translated({ long: true }),
  shared: p.boolean().default(true),
  team: () => p.manyToOne(Team).nullable(),
}

/**
 * A text that somebody says again and again, with placeholders that are filled in from the record he writes about. It is put before him to
 * look at and never sent by itself. Shared it is everybody's, and offered to all or to one team; else its maker's alone.
 */
export interface SavedReply extends Fields<typeof fields> {}
export const SavedReply: Model<SavedReply> = defineModel('savedReply', fields, {
  label: 'Saved reply',
  plural: 'Saved replies',
  title: 'name',
  icon: 'template',
  order: { name: 'asc' },
  fields: {
    name: { valid: z.string().trim().min(1).max(80), tracked: true, help: 'By this it is found behind a slash.' },
    shortcut: {
      valid: z.string().trim().max(30).regex(/^\S+$/),
      help: 'A short word without blanks by which it is found as well, such as more.',
    },
    kind: {
      label: 'Offered for',
      tracked: true,
      options: { public: 'Messages', note: 'Internal notes' },
      help: 'Empty for both.',
    },
    body: {
      label: 'Text',
      tracked: true,
      // As long as a message may be.
      valid: z.string().max(20_000),
      help:
        'In the language in which you read this; a customer gets it in his own where there is one. Placeholders ' +
        'such as {{partner.name}}, {{number}}, {{me.name}} and {{organisation}} are filled in.',
    },
    shared: { tracked: true, help: 'Everybody who works here may use it; else only whoever made it.' },
    team: { where: { active: true }, tracked: true, help: 'Only its members are offered it. Empty for everybody.' },
  },
  around: {
    create: async (draft, next, services) => {
      checkTexts(draft, services)
      return next(mayShare(services) ? draft : { ...draft, shared: false })
    },
    update: async (_, changes, next, services) => {
      checkTexts(changes, services)
      await next(changes)
    },
  },
})

const own = { createdBy: me.id }
export const savedReplyRules = [
  // One's own; what everybody uses is for those who answer for others.
  agent.can(['create', 'update'], SavedReply, { ...own, shared: false }, ['name', 'shortcut', 'kind', 'body']),
  agent.can('delete', SavedReply, { ...own, shared: false }),
  agent.can('read', SavedReply, own),
  // A team is whom it is offered to, not who may know of it.
  agent.can('read', SavedReply, { shared: true }),
  manager.can(['create', 'read', 'update', 'delete', 'export'], SavedReply, { $or: [own, { shared: true }] }),
]

export const savedReplyViews = [
  list(SavedReply, ['name', 'shortcut', 'kind', 'shared', 'team', { field: 'createdBy', as: 'person', optional: 'hidden' }]),
  form(SavedReply, [
    'name',
    { group: 'offer', label: 'Offered', of: ['kind', 'shortcut', 'shared', 'team'] },
    { field: 'body', wide: true },
  ]),
  search(SavedReply, {
    texts: ['name', 'shortcut', 'body'],
    filters: { shared: { shared: true }, mine: own },
    facets: ['kind', 'team'],
  }),
]

function checkTexts({ body }: Draft<SavedReply> | Changes<SavedReply>, services: Services): void {
  try {
    for (const [, text] of textsIn(body, services.context.locale)) checkReply(text, services)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    // Said at the field as well.
    const { code, text, values } = error
    throw new UserError(code, text, values, { cause: error, errors: [{ field: 'body', code, text, values }] })
  }
}

/** Whoever may not is not asked: what he makes is his own. */
function mayShare({ app, context }: Services): boolean {
  const shared = app.models.of(SavedReply).fields.get('shared')
  return shared !== undefined && context.caller.ability.field('update', shared) !== false
}
