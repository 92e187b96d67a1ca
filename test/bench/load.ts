/** Asks one server for a while, and says what it took. */
import autocannon, { type Request } from 'autocannon'
import { canMeasure, timeOf, timeOfTree } from './processor-time.ts'

/** One measurement, or the middle of several. */
export interface Figures {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Milliseconds of processor time per request, of the server and of PostgreSQL; NaN where it cannot be known. */
  readonly server: number
  readonly postgres: number
}

export interface Target {
  readonly url: string
  readonly pid: number
  readonly postmaster: number
}

/** `requestsOf` makes what one of the connections asks, over and over. Throws when any answer is not a 2xx. */
export async function load(target: Target, seconds: number, requestsOf: (connection: number) => readonly Request[]): Promise<Figures> {
  let connection = 0
  const times = () => (canMeasure ? [timeOf(target.pid), timeOfTree(target.postmaster)] : [Number.NaN, Number.NaN])
  const [serverBefore = 0, postgresBefore = 0] = times()
  const result = await autocannon({
    url: target.url,
    connections,
    duration: seconds,
    setupClient: (client) => client.setRequests(requestsOf(connection++)),
  })
  const [serverAfter = 0, postgresAfter = 0] = times()
  const answered = result['2xx']
  if (answered === 0 || result.non2xx > 0 || result.errors > 0)
    throw new Error(`${target.url}: ${answered} answers, ${result.non2xx} refusals, ${result.errors} errors.`)
  return {
    perSecond: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    server: (serverAfter - serverBefore) / answered,
    postgres: (postgresAfter - postgresBefore) / answered,
  }
}

export const connections = 10

/** Each figure's median. */
export function median(rounds: readonly Figures[]): Figures {
  const middle = (of: (figures: Figures) => number) => rounds.map(of).sort((a, b) => a - b)[Math.floor(rounds.length / 2)]!
  return {
    perSecond: middle((each) => each.perSecond),
    p50: middle((each) => each.p50),
    p99: middle((each) => each.p99),
    server: middle((each) => each.server),
    postgres: middle((each) => each.postgres),
  }
}
