import { expect, test } from 'vitest'
import { z } from 'zod'
import { fill, type Reason } from '../errors.ts'
import { reasonOf, reasonsOf } from './reasons.ts'

function said(schema: z.ZodType, value: unknown): string {
  const issues = schema.safeParse(value).error?.issues ?? []
  return reasonsOf(issues)
    .map((reason) => (typeof reason === 'string' ? reason : fill(reason.text, reason.values)))
    .join('; ')
}

test.for<[z.ZodType, unknown, string]>([
  [z.string().min(3), 'ab', 'at least 3 characters'],
  [z.string().max(3), 'abcd', 'at most 3 characters'],
  [z.number().min(0.5), 0, 'at least 0.5'],
  [z.number().lt(10), 10, 'less than 10'],
  [z.int().positive(), 0, 'more than 0'],
  [z.array(z.string()).min(1), [], 'at least 1 of them'],
  [z.date().min(new Date('2024-04-16T00:00:00Z')), new Date(0), 'not before 2024-04-16'],
  [z.email(), 'nobody', 'write an email address such as ada@example.org'],
  [z.url(), 'nowhere', 'write an address such as https://example.org'],
  [z.uuid(), '7', 'write an id'],
  [z.iso.date(), 'soon', 'write a day such as 2024-04-16'],
  [z.string().startsWith('T-'), '7', 'begin with "T-"'],
  [z.string().regex(/^[a-z]+$/), '7', 'this does not have the form that is asked for'],
  [z.string(), undefined, 'this is missing'],
  [z.number(), 'seven', 'write a number'],
  [z.enum(['list', 'board']), 'pile', 'choose one of list, board'],
  [z.number().multipleOf(5), 7, 'write a multiple of 5'],
  [z.strictObject({}), { spare: 1 }, 'spare is not known here'],
  [z.union([z.string().min(2), z.number()]), true, 'this does not have the form that is asked for'],
  [z.object({ to: z.object({ name: z.string().min(2) }) }), { to: { name: '' } }, 'to.name: at least 2 characters'],
  [
    z
      .string()
      .min(3)
      .regex(/^[a-z]+$/),
    '7',
    'at least 3 characters; this does not have the form that is asked for',
  ],
])('%# is said in plain words', ([schema, value, words]) => expect(said(schema, value)).toBe(words))

test('What a module says itself stays as it is, wherever its schema says it', () => {
  const own = [
    [z.string({ error: 'a name is needed' }), 7],
    [z.string().min(3, 'three letters at least'), 'a'],
    [z.url({ protocol: /^https$/, error: 'an address that begins with https:// is needed' }), 'http://x'],
    [z.string().refine(() => false, { error: 'nobody is called so' }), 'x'],
  ] as const
  expect(own.map(([schema, value]) => said(schema, value))).toEqual([
    'a name is needed',
    'three letters at least',
    'an address that begins with https:// is needed',
    'nobody is called so',
  ])
})

test('Every code is one of the catalogue', async () => {
  const { default: catalogue } = await import('../texts/en.json', { with: { type: 'json' } })
  const codes = [z.string().min(1), z.email(), z.string().endsWith('x'), z.int()].flatMap((schema) =>
    (schema.safeParse(schema instanceof z.ZodNumber ? 0.5 : '').error?.issues ?? []).map((issue) => (reasonOf(issue) as Reason).code),
  )
  for (const code of codes) expect(catalogue).toHaveProperty([code])
  expect(codes).toEqual(['valid.short', 'valid.email', 'valid.ends', 'valid.integer'])
})
