/** How one chat service speaks, as data: what an administrator writes down once, and nobody has to program. */
import { z } from 'zod'

const path = z
  .string()
  .regex(/^(\^\.)?[\w-]+(\.[\w-]+)*$/, 'names parted by dots')
  .max(200)
const listPath = z
  .string()
  .regex(/^[\w-]*(\[\])?(\.[\w-]+(\[\])?)*$/, 'names parted by dots, with [] after a list')
  .max(200)
const header = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'the name of a header in small letters')

/** How a request proves that it comes from the service. */
export const verification = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('hmac'),
    header,
    algorithm: z.enum(['sha256', 'sha512', 'sha1']),
    /** What stands before the hexadecimal digits. */
    prefix: z.string().max(20).default(''),
  }),
  z.strictObject({ by: z.literal('token'), header }),
])

export const incomingMapping = z.strictObject({
  messages: listPath,
  address: path,
  text: path,
  externalId: path,
  name: path.optional(),
  /** What kind of message it is, to be told where one has no text. */
  kind: path.optional(),
  /** Where there is something here, the message is not a customer's: our own, echoed. */
  skip: path.optional(),
  /** Parameters of the GET by which the service makes sure once that the address is ours: mode, token, and what to send back. */
  challenge: z.strictObject({ token: z.string().max(60), echo: z.string().max(60) }).optional(),
})

const code = z.union([z.string(), z.number()])
/** Values that hold {{to}}, {{text}}, {{messageId}}, {{account}}; headers {{token}} too. */
export const outgoingMapping = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\//, 'an address that begins with https://')
    .max(500),
  method: z.enum(['POST', 'PUT']).default('POST'),
  headers: z.record(header, z.string().max(500)).default({}),
  body: z.json(),
  /** The longest text that the service takes. */
  longest: z.int().min(100).max(100_000).optional(),
  /** Where the answer says by a code what came of it, and what the codes mean; without one the HTTP status says it. */
  answer: z
    .strictObject({
      code: path,
      accepted: z.array(code).optional(),
      temporary: z.array(code).default([]),
      permanent: z.array(code).default([]),
    })
    .optional(),
})

export type Verification = z.infer<typeof verification>
export type IncomingMapping = z.infer<typeof incomingMapping>
export type OutgoingMapping = z.infer<typeof outgoingMapping>
