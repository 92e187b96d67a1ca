import { type Services, settings } from '@tessera/core'
import { z } from 'zod'

/** Whose desk it is: on every page, in mails, on the portal. */
export const organisation = settings(
  'Organisation',
  z.object({
    name: z.string().trim().max(80).default('').describe('Stands on every page and in mails').meta({ variable: 'ORGANISATION' }),
  }),
)

/** What it is called. */
export async function organisationName(services: Services): Promise<string> {
  return (await services.settings.remembered(organisation)).name || services.text('web.organisation')
}
