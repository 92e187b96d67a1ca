/** The figures over the thousand real requests of the demonstration, against a count of the file itself that shares no code with us. */
import { readFileSync } from 'node:fs'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { visitorOf } from '../web/server/visitor.ts'

let app: TestApp
let reader: SignedIn

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['reporting'])
  const load = app.composition.commands.find(({ name }) => name === 'demo load')!
  const noDatabase = { transaction: () => Promise.reject(new Error('The demonstration goes through records.')) }
  await load.run({}, await app.servicesFor({ door: 'cli' }), noDatabase)
  // The file's times are those of clocks in New York, so that its days are the reader's.
  reader = await signedInAs(app, 'manager', { zone: 'America/New_York' })
}, 120_000)
afterAll(() => app.close())

interface Row {
  readonly [column: string]: string
}
const rows = parsed(readFileSync(new URL('../ticket/demo/service-requests-311.csv', import.meta.url), 'utf8'))
const closedRows = rows.filter(({ status }) => status === 'Closed')
const createdOf = (row: Row) => row.created_date!
const closedOf = (row: Row) => row.closed_date || row.resolution_action_updated_date || row.created_date!
const dayOf = (local: string) => local.slice(0, 10)
const first = rows.map(createdOf).sort()[0]!.slice(0, 10)
const last = [...rows.map(createdOf), ...closedRows.map(closedOf)].sort().at(-1)!.slice(0, 10)
const hours = (row: Row) => (Date.parse(`${closedOf(row)}Z`) - Date.parse(`${createdOf(row)}Z`)) / 3_600_000

interface Answer {
  total: { value: number | null; average?: number; count: number; tickets: string }
  rows: {
    period?: string
    team?: { label: string } | null
    source?: { label: string } | null
    value: number | null
    average?: number
    count: number
    tickets: string
  }[]
}
const ask = async (figure: string, by = '', more = ''): Promise<Answer> =>
  (await (await reader.fetch(`/api/reports/${figure}?from=${first}&to=${last}&by=${by}${more}`)).json()) as Answer

describe('Over the thousand requests', () => {
  it('has a file to compare with', () => {
    expect(rows).toHaveLength(1000)
    expect(closedRows.length).toBe(293)
  })

  it('the volume by day is that of the file', async () => {
    const { total, rows: days } = await ask('volume', 'day')
    expect(total.value).toBe(1000)
    expect(counted(days.map(({ period, value }) => [period!, value!]))).toEqual(counted(rows.map((row) => [dayOf(createdOf(row)), 1])))
  })

  it('the volume by team and by source is that of the file', async () => {
    const teams = await ask('volume', 'team')
    expect(counted(teams.rows.map(({ team, value }) => [team!.label, value!]))).toEqual(counted(rows.map((row) => [row.agency_name!, 1])))
    const names: Readonly<Record<string, string>> = { ONLINE: 'Web', PHONE: 'Phone', MOBILE: 'Mobile app', UNKNOWN: 'none' }
    const sources = await ask('volume', 'source')
    expect(counted(sources.rows.map(({ source, value }) => [source?.label ?? 'none', value!]))).toEqual(
      counted(rows.map((row) => [names[row.open_data_channel_type!]!, 1])),
    )
  })

  it('what was closed, by day, is that of the file', async () => {
    const { total, rows: days } = await ask('closed', 'day')
    expect(total.value).toBe(closedRows.length)
    expect(counted(days.map(({ period, value }) => [period!, value!]))).toEqual(counted(closedRows.map((row) => [dayOf(closedOf(row)), 1])))
  })

  it('the backlog at the end of each day is what was filed and not closed by then', async () => {
    const { total, rows: days } = await ask('backlog', 'day')
    expect(total.value).toBe(1000 - closedRows.length)
    for (const { period, value } of days) {
      const filed = rows.filter((row) => dayOf(createdOf(row)) <= period!).length
      const closed = closedRows.filter((row) => dayOf(closedOf(row)) <= period!).length
      expect([period, value]).toEqual([period, filed - closed])
    }
  })

  it('the resolution time, in all and by team, is that of the file', async () => {
    const { total, rows: teams } = await ask('resolution', 'team')
    expect(total.count).toBe(closedRows.length)
    expect(total.average).toBeCloseTo(mean(closedRows.map(hours)), 6)
    expect(total.value).toBeCloseTo(median(closedRows.map(hours)), 6)
    const byTeam = Map.groupBy(closedRows, (row) => row.agency_name!)
    expect(teams).toHaveLength(byTeam.size)
    for (const { team, value, average, count } of teams) {
      const own = byTeam.get(team!.label)!.map(hours)
      expect(count).toBe(own.length)
      expect(average).toBeCloseTo(mean(own), 6)
      expect(value).toBeCloseTo(median(own), 6)
    }
  })

  it('one team alone has its own figures', async () => {
    const police = 'New York City Police Department'
    const { rows: teams } = await ask('volume', 'team')
    const { id } = teams.find(({ team }) => team?.label === police)!.team as unknown as { id: string }
    const { rows: days } = await ask('volume', 'day', `&team=${id}`)
    expect(counted(days.map(({ period, value }) => [period!, value!]))).toEqual(
      counted(rows.filter((row) => row.agency_name === police).map((row) => [dayOf(createdOf(row)), 1])),
    )
  })

  it('the page of reports shows the same', async () => {
    const visitor = await visitorOf(app, reader.user)
    const { html, status } = await visitor.get(`/reports?from=${first}&to=${last}`)
    expect(status).toBe(200)
    const amounts = [...html.matchAll(/<p class="amount"><a[^>]*><b>([^<]*)<\/b>/g)].map(([, amount]) => amount)
    expect(amounts.slice(0, 2)).toEqual(['1,000', '707'])
    for (const [agency, count] of Object.entries(counted(rows.map((row) => [row.agency_name!, 1]))))
      expect(html).toMatch(new RegExp(`<th scope="row">${agency}</th><td class="end"><a href="[^"]*">${count}</a>`))
  })
})

function counted(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [key, value] of pairs) if (value > 0) sums[key] = (sums[key] ?? 0) + value
  return sums
}
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

/** A CSV file letter by letter: quotes may hold commas, line ends and doubled quotes. */
function parsed(text: string): readonly Row[] {
  const lines: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!
    if (isQuoted && letter === '"' && text[at + 1] === '"') cell += text[++at]
    else if (letter === '"') isQuoted = !isQuoted
    else if (isQuoted || !',\r\n'.includes(letter)) cell += letter
    else if (letter === ',' || letter === '\n') {
      lines.at(-1)!.push(cell)
      cell = ''
      if (letter === '\n') lines.push([])
    }
  }
  if (cell !== '') lines.at(-1)!.push(cell)
  const [head = [], ...body] = lines.filter((line) => line.length > 1)
  return body.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at] ?? ''])))
}
