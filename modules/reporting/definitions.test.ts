/** Each figure against its sentence, evaluated by brute force over random lives of tickets. */
import { Team } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, merge, priority, rate, reopen, reply, Ticket, unmerge } from '@tessera/ticket'
import { periodOf } from '@tessera/web'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { allFigures, type Figure, figures } from './figures.ts'
import { type Grain, grains, stepsOf } from './period.ts'
import { sliceLabel, sliceNamed } from './slices.ts'

/** The clocks change on 29 March. */
const zone = 'Europe/Berlin'
const start = Date.parse('2026-03-20T00:00:00Z')
const hourMs = 3_600_000

let app: TestApp
let system: Services
let reader: Services
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['reporting'])
  system = await app.servicesFor({ door: 'system' })
  reader = await (await signedInAs(app, 'manager', { zone })).services()
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
})
afterAll(() => app.close())

const happening = fc.record({
  what: fc.constantFrom('close', 'close', 'reopen', 'rate', 'reply'),
  hours: fc.double({ min: 0.01, max: 60, noNaN: true }),
  rating: fc.integer({ min: 1, max: 5 }),
})
const life = fc.record({
  isUrgent: fc.boolean(),
  filed: fc.double({ min: 0, max: 400, noNaN: true }),
  happenings: fc.array(happening, { maxLength: 7 }),
})
const day = fc.integer({ min: -2, max: 30 }).map((days) => new Date(start + days * 24 * hourMs).toISOString().slice(0, 10))

/** What happened to one ticket, in order. */
interface Event {
  readonly what: 'file' | 'close' | 'reopen' | 'rate' | 'reply'
  readonly at: Date
  readonly rating: number
}
type History = readonly Event[]

describe('On random lives of tickets', () => {
  it('every figure says what its definition says, in all and by step', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 1, maxLength: 6 }),
        day,
        day,
        fc.constantFrom(...grains),
        async (lives, one, other, grain) => {
          const [first, last] = one < other ? [one, other] : [other, one]
          const team = (await system.records.create(Team, { name: `Team ${crypto.randomUUID()}` })).id
          const histories: Awaited<ReturnType<typeof live>>[] = []
          for (const each of lives) histories.push(await live(team, each))
          const look = { period: periodOf(first, last, reader.context), where: [{ team }] }
          for (const figure of allFigures) {
            const said = [figure.name, first, last]
            const total = await reader.figures.total(figure, look)
            expect([...said, shown(total)]).toEqual([...said, shown(bruteForce(figure, histories, first, last))])
            expect([...said, await reader.records.count(Ticket, { where: total.tickets })]).toEqual([...said, total.count])
            if (total.part) expect(await reader.records.count(Ticket, { where: total.part.tickets })).toBe(total.part.count)
            for (const cell of await reader.figures.cells(figure, { ...look, grain, slice: sliceNamed('priority', reader) })) {
              const { key, first, last } = cell.step!
              const wanted = sliceLabel({ name: 'priority', label: '' }, cell.slice!, reader) === 'Urgent'
              const some = histories.filter(({ isUrgent }) => isUrgent === wanted)
              expect([figure.name, key, wanted, shown(cell)]).toEqual([
                figure.name,
                key,
                wanted,
                shown(bruteForce(figure, some, first, last)),
              ])
              expect(await reader.records.count(Ticket, { where: cell.tickets })).toBe(cell.count)
            }
            for (const cell of await reader.figures.cells(figure, { ...look, grain })) {
              const { key, first, last } = cell.step!
              expect([figure.name, grain, key, shown(cell)]).toEqual([
                figure.name,
                grain,
                key,
                shown(bruteForce(figure, histories, first, last)),
              ])
              expect(await reader.records.count(Ticket, { where: cell.tickets })).toBe(cell.count)
            }
          }
        },
      ),
      { numRuns: 12 },
    )
  })

  it('the steps of a period are its days, named as the database names them', async () => {
    await fc.assert(
      fc.asyncProperty(day, day, fc.constantFrom<Grain>('day', 'week', 'month'), async (one, other, grain) => {
        const [first, last] = one < other ? [one, other] : [other, one]
        const steps = stepsOf(periodOf(first, last, reader.context), grain, reader.context)
        expect(steps.map((step) => step.first)[0]).toBe(first)
        expect(steps.at(-1)?.last).toBe(last)
        for (const [at, step] of steps.entries()) if (at > 0) expect(steps[at - 1]?.to).toEqual(step.from)
      }),
      { numRuns: 50 },
    )
  })
})

async function live(
  team: string,
  {
    filed,
    isUrgent,
    happenings,
  }: { filed: number; isUrgent: boolean; happenings: readonly { what: string; hours: number; rating: number }[] },
): Promise<History & { readonly isUrgent: boolean }> {
  const at = (hours: number) => new Date(start + Math.round(hours * hourMs))
  const events: Event[] = [{ what: 'file', at: at(filed), rating: 0 }]
  const { id } = await system.records
    .at(at(filed))
    .create(Ticket, { subject: 'Payment did not arrive', partner, team, priority: isUrgent ? priority.urgent : priority.low })
  let clock = filed
  let isOpen = true
  for (const { what, hours, rating } of happenings) {
    clock += hours
    const records = system.records.at(at(clock))
    if (what === 'close' && isOpen) await records.act(close, id, {})
    else if (what === 'reopen' && !isOpen) await records.act(reopen, id, {})
    else if (what === 'rate' && !isOpen) await records.act(rate, id, { rating })
    else if (what === 'reply') await records.act(reply, id, { body: 'We are looking into it.' })
    else continue
    if (what === 'close') isOpen = false
    if (what === 'reopen') isOpen = true
    events.push({ what, at: at(clock), rating })
  }
  return Object.assign(events, { isUrgent })
}

const dayOf = (instant: Date): string => instant.toLocaleDateString('sv-SE', { timeZone: zone })

/** The sentences of the definitions, one after another. */
function bruteForce(figure: Figure, histories: readonly History[], first: string, last: string): Figures {
  const inPeriod = ({ at }: Event) => dayOf(at) >= first && dayOf(at) <= last
  const hoursTo = (history: History, event: Event) => (event.at.getTime() - history[0]!.at.getTime()) / hourMs
  const closed = histories.filter((history) => history.some((event) => event.what === 'close' && inPeriod(event)))
  const lastRating = (history: History) => history.findLast(({ what }) => what === 'rate')?.rating
  const counted = (some: readonly History[]): Figures => ({ value: some.length, count: some.length })
  const share = (part: readonly History[], whole: readonly History[]): Figures => ({
    value: whole.length === 0 ? null : part.length / whole.length,
    count: whole.length,
  })
  const times = (hours: readonly number[]): Figures => {
    const sorted = [...hours].sort((a, b) => a - b)
    const middle = (sorted.length - 1) / 2
    const median = sorted.length === 0 ? null : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
    return { value: median, count: sorted.length, average: sorted.length === 0 ? null : sorted.reduce((a, b) => a + b, 0) / sorted.length }
  }
  switch (figure.name) {
    case figures.volume.name:
      return counted(histories.filter(([filed]) => inPeriod(filed!)))
    case figures.closed.name:
      return counted(closed)
    case figures.backlog.name: {
      const soFar = histories.map((history) => history.filter(({ at }) => dayOf(at) <= last))
      return counted(
        soFar.filter((history) => ['file', 'reopen'].includes(history.findLast(({ what }) => /file|close|reopen/.test(what))?.what ?? '')),
      )
    }
    case figures.firstResponse.name:
      return times(
        histories.flatMap((history) => {
          const answer = history.find(({ what }) => what === 'reply')
          return answer && inPeriod(answer) ? [hoursTo(history, answer)] : []
        }),
      )
    case figures.resolution.name:
      return times(
        histories.flatMap((history) => {
          const end = history.findLast(({ what }) => what === 'close' || what === 'reopen')
          return end?.what === 'close' && inPeriod(end) ? [hoursTo(history, end)] : []
        }),
      )
    case figures.reopenRate.name: {
      const reopened = (history: History) =>
        history.some((event, at) => event.what === 'close' && inPeriod(event) && history.slice(at).some(({ what }) => what === 'reopen'))
      return share(closed.filter(reopened), closed)
    }
    case figures.satisfaction.name: {
      const rated = closed.filter((history) => lastRating(history) !== undefined)
      return share(
        rated.filter((history) => lastRating(history)! >= 4),
        rated,
      )
    }
    case figures.responseRate.name:
      return share(
        closed.filter((history) => lastRating(history) !== undefined),
        closed,
      )
    default:
      throw new Error(`The figure "${figure.name}" has no sentence here.`)
  }
}

interface Figures {
  readonly value: number | null
  readonly count: number
  readonly average?: number | null
}
/** To a millionth: both sides compute with floating numbers. */
function shown({ value, count, average }: Figures) {
  // First to far more digits than are compared: else what lies exactly between two is rounded by the last bit of a sum.
  const rounded = (number: number | null) => number && Math.round(Math.round(number * 1e9) / 1e3) / 1e6
  return { value: rounded(value), count, ...(average !== undefined && average !== null && { average: rounded(average) }) }
}

describe('A ticket that was merged into another', () => {
  it('was filed, and is neither closed nor solved, rated or reopened by that, also when it is taken apart', async () => {
    const now = new Date()
    const { records } = await app.servicesFor({ door: 'system' })
    const customer = (await records.create(Partner, { name: 'Moussa Camara' })).id
    const [one, two, solved] = await Promise.all(
      ['One', 'Two', 'Three'].map((name) => records.create(Ticket, { subject: `Merged ${name}`, partner: customer })),
    )
    await records.act(close, solved!.id, {})
    const day = (days: number) => new Date(now.getTime() + days * 24 * hourMs).toISOString().slice(0, 10)
    const period = periodOf(day(-1), day(1), { now: new Date(now.getTime() + hourMs), zone })
    const look = { period, where: [{ partner: customer }] }
    const counts = async () =>
      Object.fromEntries(
        await Promise.all(
          [figures.volume, figures.closed, figures.backlog, figures.resolution, figures.responseRate].map(
            async (figure) => [figure.name, (await system.figures.total(figure, look)).count] as const,
          ),
        ),
      )
    const asOne = { volume: 3, closed: 1, backlog: 1, resolution: 1, 'response-rate': 1 }
    await records.act(merge, one!.id, { into: two!.id })
    expect(await counts()).toEqual(asOne)
    await records.act(unmerge, one!.id, {})
    expect(await counts()).toEqual({ ...asOne, backlog: 2 })
    const reopened = await system.figures.total(figures.reopenRate, look)
    expect([reopened.count, reopened.part?.count]).toEqual([1, 0])
  })
})
