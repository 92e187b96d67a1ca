import { expect, test } from 'vitest'
import { onceIdle } from './rest.ts'

const mb = 2 ** 20

test('A process tidies up once after each busy time, and never while it is busy', () => {
  const tidied: number[] = []
  let at = 0
  const passed = onceIdle(
    () => tidied.push(at),
    () => 150 * mb,
  )
  const whiles = [10, 900_000, 3_000_000, 4_000, 0, 60_000, 5_000_000, 200_001, 200_000, 10]
  for (const [index, microseconds] of whiles.entries()) {
    at = index
    passed(microseconds)
  }
  expect(tidied).toEqual([3, 8])
})

test('A process that is never busy and grows all the same tidies up each time that it has grown', () => {
  const tidied: number[] = []
  let memory = 150 * mb
  const passed = onceIdle(
    () => {
      tidied.push(memory / mb)
      memory = 155 * mb
    },
    () => memory,
  )
  for (let grown = 0; grown < 60; grown += 10) {
    memory += 10 * mb
    passed(50_000)
  }
  expect(tidied).toEqual([180, 185])
})
