import { expect, test } from 'vitest'
import { onceIdle } from './rest.ts'

test('A process tidies up once after each busy time, and never while it is busy', () => {
  const tidied: number[] = []
  let at = 0
  const passed = onceIdle(() => tidied.push(at))
  const whiles = [900_000, 3_000_000, 4_000, 0, 60_000, 5_000_000, 200_001, 200_000, 10]
  for (const [index, microseconds] of whiles.entries()) {
    at = index
    passed(microseconds)
  }
  expect(tidied).toEqual([2, 7])
})
