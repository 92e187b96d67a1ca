import { settings } from '@tessera/core'
import { z } from 'zod'

/** How long it is kept what became of a file: its name, who brought it, how its columns were matched. */
export const importSettings = settings(
  'Imports',
  z.object({
    keptDays: z.number().int().min(1).max(3_650).default(365).describe('Days until an import that is over is forgotten'),
  }),
)
