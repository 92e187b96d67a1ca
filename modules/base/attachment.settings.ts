import { settings } from '@tessera/core'
import { z } from 'zod'

/** What is taken as an attachment. */
export const attachmentSettings = settings(
  'Attachments',
  z.object({
    mostMegabytes: z.number().int().min(1).max(2_000).default(25).describe('The largest file, in megabytes'),
    most: z.number().int().min(1).max(50).default(10).describe('The most files at once'),
    refused: z
      .array(z.string().regex(/^[a-z0-9]{1,20}$/))
      .default([
        'exe',
        'com',
        'bat',
        'cmd',
        'msi',
        'scr',
        'pif',
        'cpl',
        'jar',
        'hta',
        'lnk',
        'vbs',
        'vbe',
        'wsf',
        'wsh',
        'ps1',
        'reg',
        'dll',
        'app',
        'dmg',
      ])
      .describe('Endings of names that are not taken'),
  }),
)
