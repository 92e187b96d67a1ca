import { z } from 'zod'

/**
 * Input of an action that takes files along: the ids of drafts, which its caller has sent before. `services.attachments.settle` makes
 * them files of what the action wrote.
 */
export const drafts = z
  .array(z.uuid())
  .max(50)
  .meta({ format: 'drafts', description: 'Ids of files that were sent before, as drafts' })
  .optional()
