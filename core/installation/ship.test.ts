import { data, defineModel, defineModule, type Fields, type Model, p } from '@tessera/core'
import { expect, inject, test } from 'vitest'
import { z } from 'zod'
import { BootFailure } from '../errors.ts'
import { bootTest } from '../testing/index.ts'

const fields = { plate: p.string(), wheels: p.integer().default(2) }
interface Cart extends Fields<typeof fields> {}
const Cart: Model<Cart> = defineModel('cart', fields, { title: 'plate', fields: { plate: { valid: z.string().min(3) } } })

test('A shipped row that does not fit is told to its author by name, and nothing is installed', async () => {
  const depot = defineModule({ name: 'depot', models: [Cart], data: [data(Cart, { first: { plate: 'A1' } })] })
  const failure = await bootTest(inject('postgresUrl'), [depot]).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(BootFailure)
  expect((failure as BootFailure).problems).toEqual([
    {
      code: 'data.refused',
      module: 'depot',
      sentence: expect.stringMatching(/^The shipped record "cart\.first" of "depot" cannot be stored: The cart was not saved: .* Plate: /),
      hint: 'Correct the row that data() ships.',
    },
  ])
})
