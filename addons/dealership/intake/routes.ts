import { route, type Services } from '@tessera/core'
import { z } from 'zod'
import { intake } from '../roles.ts'
import type { DealerType } from '../ticket/rows.ts'
import { bodies, documented } from './bodies.ts'

const filed = z.object({
  number: z.string().describe('What the customer quotes'),
  id: z.uuid(),
  link: z.string().describe('Where the customer follows his ticket'),
})
const answered = z.object({
  vin: z.string(),
  authorized: z.boolean(),
  recalls: z.array(z.object({ code: z.string(), description: z.string(), repaired: z.boolean() })),
})

/** One endpoint per type: 201 with the number and a link; 200 with the recalls where an SSC inquiry is answered at once. */
export const intakeRoutes = [
  entrance('POST /intake/general-inquiries', 'general_inquiry', 'File a general inquiry.'),
  entrance('POST /intake/vehicle-quotations', 'vehicle_quotation', 'Ask for a quotation.'),
  entrance(
    'POST /intake/ssc-inquiries',
    'ssc_inquiry',
    'Ask for the recalls of a vehicle; what is known is answered at once, without a ticket.',
  ),
  entrance('POST /intake/service-bookings', 'service_booking', 'Ask for a service appointment.'),
  entrance('POST /intake/test-drives', 'test_drive', 'Ask for a test drive.'),
]

function entrance(at: `POST /intake/${string}`, type: DealerType, summary: string) {
  return route(at, {
    may: intake,
    summary,
    body: documented(bodies[type]),
    returns: type === 'ssc_inquiry' ? z.union([filed, answered]) : filed,
    async run({ body, headers }, { intake }: Services) {
      const result = await intake.file(type, body, headers.brand)
      return {
        kind: 'reply' as const,
        status: 'number' in result ? 201 : 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...('link' in result && { location: result.link }) },
        cookies: {},
        body: JSON.stringify(result),
      }
    },
  })
}
