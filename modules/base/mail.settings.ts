import { settings } from '@tessera/core'
import { z } from 'zod'

/** How mails go out. */
export const mailSettings = settings(
  'Mails',
  z.object({
    mostMegabytes: z.number().int().min(0).max(100).default(15).describe('The most of files in one mail, in megabytes'),
  }),
)
