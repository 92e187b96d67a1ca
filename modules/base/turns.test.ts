import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

describe('Turns', () => {
  it('let so many run, make so many wait in order, and turn the next away', async () => {
    const turns = new Turns(2, 3, () => new Error('full'))
    const started: number[] = []
    const finish: (() => void)[] = []
    const take = (number: number) =>
      turns.take(() => {
        started.push(number)
        return new Promise<number>((resolve) => finish.push(() => resolve(number)))
      })

    const taken = [1, 2, 3, 4, 5].map(take)
    expect(started).toEqual([1, 2])
    await expect(take(6)).rejects.toThrow('full')

    finish[0]!()
    expect(await taken[0]).toBe(1)
    expect(started).toEqual([1, 2, 3])
    for (const number of [1, 2, 3, 4]) {
      finish[number]!()
      await taken[number]
    }
    expect(started).toEqual([1, 2, 3, 4, 5])
  })

  it('free the place of a task that fails', async () => {
    const turns = new Turns(1, 0, () => new Error('full'))
    await expect(turns.take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await turns.take(async () => 'next')).toBe('next')
  })
})
