import ticket from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import receipts, { Receipt } from '../fixtures/sequences.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), ticket, receipts)
})
afterAll(() => shop.app.close())

const numbersIn = async (field: 'number' | 'invoice'): Promise<readonly number[]> => {
  const { rows } = await shop.services.records.query(Receipt, { fields: [field], limit: 200 })
  return rows.map((row) => Number(/\d+$/.exec(String(Object.values(row)[1]))![0])).sort((a, b) => a - b)
}

describe('Numbers that the system gives', () => {
  it('are in the answer of the creation, in their format', async () => {
    const { body } = await shop.ask('POST', '/api/receipts', {})
    expect(body.data).toMatchObject({ number: expect.stringMatching(/^R-20\d\d-0001$/), invoice: 'I00001' })
    expect(await shop.services.records.create(Receipt, {})).toMatchObject({ invoice: 'I00002' })
  })

  it('are written by nobody', async () => {
    const refused = await shop.ask('POST', '/api/receipts', { number: 'R-1', invoice: 'I1' })
    expect(refused.body.errors.map(({ field }: { field: string }) => field)).toEqual(['number', 'invoice'])
  })

  it('begin anew in a new year where the format names it', async () => {
    const { records } = await shop.app.servicesFor({ door: 'system' })
    const next = await records.at(new Date('2031-01-01T12:00:00Z')).create(Receipt, {})
    expect(next).toMatchObject({ number: 'R-2031-0001', invoice: 'I00003' })
  })

  it('without gaps have none, however many are made at once and however many of them fail', async () => {
    const before = (await numbersIn('invoice')).length
    const attempts = Array.from({ length: 60 }, async (_, at) => {
      const { records } = await shop.manager.services()
      if (at % 3 === 0) return records.create(Receipt, { note: 'fails' })
      // Fails after its number was asked for: nothing of the transaction may remain.
      if (at % 3 === 1)
        return records.transaction(async () => {
          await records.create(Receipt, { note: 'given up' })
          throw new Error('given up')
        })
      return records.create(Receipt, { note: 'kept' })
    })
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    const invoices = await numbersIn('invoice')
    expect(invoices).toEqual(Array.from({ length: before + 20 }, (_, at) => at + 1))
    const numbers = await numbersIn('number')
    expect(numbers).toHaveLength(before + 20)
  })

  it('are as many as records made at once in one transaction', async () => {
    const ids = await shop.services.records.createMany(Receipt, [{}, {}, {}])
    const { rows } = await shop.services.records.query(Receipt, { fields: ['invoice', 'number'], where: { id: { $in: ids } } })
    expect(new Set(rows.map(({ invoice }) => invoice)).size).toBe(3)
    const numbers = ids.map((id) => Number(rows.find((row) => row.id === id)!.number!.slice(-4)))
    expect(numbers).toEqual([numbers[0], numbers[0]! + 1, numbers[0]! + 2])
    const invoices = await numbersIn('invoice')
    expect(invoices).toEqual(invoices.map((_, at) => at + 1))
  })

  it('without gaps are also given to what follows at the end of the transaction', async () => {
    const { records } = shop.services
    const made: string[] = []
    await records.transaction(async () => {
      await records.create(Receipt, {})
      records.atEnd(async () => void made.push((await records.create(Receipt, {}, ['number'])).id), null)
    })
    expect(await records.get(Receipt, made[0]!, ['invoice'])).toMatchObject({ invoice: expect.stringMatching(/^I\d{5}$/) })
    const invoices = await numbersIn('invoice')
    expect(invoices).toEqual(invoices.map((_, at) => at + 1))
  })
})
