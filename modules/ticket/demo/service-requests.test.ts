import { describe, expect, it } from 'vitest'
import { inventedPersonOf } from './invented-people.ts'
import { readServiceRequests } from './service-requests.ts'

const requests = await readServiceRequests()
const byKey = new Map(requests.map((request) => [request.key, request]))

function counted<V>(values: readonly V[]): Map<V, number> {
  const counts = new Map<V, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

describe('The service requests of the demonstration', () => {
  // Counted once with Python's csv module, so that the oracle shares no code with the reader.
  it('are as many, in as many states, channels and agencies as the file has', () => {
    expect(byKey.size).toBe(1000)
    expect(counted(requests.map(({ became }) => became?.status))).toEqual(
      new Map([
        ['in_progress', 283],
        ['closed', 293],
        [undefined, 424],
      ]),
    )
    expect(counted(requests.map(({ channel }) => channel))).toEqual(
      new Map([
        ['web', 418],
        ['phone', 349],
        ['mobile', 186],
        [undefined, 47],
      ]),
    )
    const agencies = counted(requests.map(({ agency }) => agency))
    expect(agencies.size).toBe(11)
    expect(agencies.get('New York City Police Department')).toBe(500)
    expect(agencies.get('Department of Housing Preservation and Development')).toBe(370)
    expect(counted(requests.map(({ borough }) => borough)).get('Staten Island')).toBe(14)
  })

  it('have the times of the file, as instants', () => {
    expect(byKey.get('60879417')?.createdAt.toISOString()).toBe('2024-04-16T07:03:15.000Z')
    expect(byKey.get('60873407')?.became).toEqual({ status: 'closed', at: new Date('2024-04-16T05:44:30.000Z') })
    expect(requests.filter(({ createdAt, became }) => became && became.at < createdAt)).toEqual([])
    expect(requests).toEqual([...requests].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()))
  })

  it('read like sentences of a person', () => {
    expect(byKey.get('60872531')?.subject).toBe('Street condition: pothole, Main Street')
    expect(byKey.get('60879417')?.subject).toBe('Street condition: pothole, 133 Avenue and 231 Street')
    expect(byKey.get('60875660')?.subject).toBe('Graffiti, Franklin Avenue')
    expect(byKey.get('60868035')?.subject).toBe('Abandoned vehicle: with license plate')
    expect(byKey.get('60875660')?.description).toBe(
      'Graffiti\n\nPlace: 1028 Franklin Avenue, Brooklyn 11225 (comercial)\n\nThe graffiti on this property has been scheduled to be removed by the City.',
    )
    for (const { subject } of requests) expect(subject).toMatch(/^[A-Z].{2,200}$/)
  })

  it('come from invented people, the same at every loading, of whom some file several', () => {
    const people = requests.map(({ key, borough }) => inventedPersonOf(key, borough))
    expect(people).toEqual(requests.map(({ key, borough }) => inventedPersonOf(key, borough)))
    const byId = new Map(people.map((person) => [person.externalId, person]))
    expect(byId.size).toBeGreaterThan(300)
    expect(byId.size).toBeLessThan(600)
    for (const person of people) expect(person).toEqual(byId.get(person.externalId))
    expect(people.every(({ invented, email }) => invented && email?.endsWith('@example.org'))).toBe(true)
    expect(new Set([...byId.values()].map(({ email }) => email)).size).toBe(byId.size)
  })
})
