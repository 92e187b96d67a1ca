/**
 * `npm run bench`: what a request costs here, beside a reference written by hand. BENCH_TICKETS (200000) says how full the desk
 * is, BENCH_QUICK=1 takes half a minute and proves only that everything runs, BENCH_DATABASE_URL keeps the data for another
 * time, BENCH_ONLY=list asks only questions with that word; `--json` is for machines. Nothing here fails because it is slow.
 */
import { rm } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { type BenchData, openData } from './data.ts'
import { deepPages } from './deep-pages.ts'
import { firstLoad } from './first-load.ts'
import { type Figures, load, median } from './load.ts'
import { memoryOf, parentOf } from './processor-time.ts'
import { type Question, questionsAbout } from './questions.ts'
import { listStatement } from './reference-statements.ts'
import { rulesCost } from './rules-cost.ts'
import { sameAnswers } from './same-answers.ts'
import { type Server, startServer } from './servers.ts'
import { printed, type Report } from './table.ts'

const quick = process.env.BENCH_QUICK === '1'
const seconds = quick ? 1 : Number(process.env.BENCH_SECONDS ?? 5)
const rounds = quick ? 1 : 5
const only = process.env.BENCH_ONLY
const isJson = process.argv.includes('--json')
const say = (text: string) => console.error(`… ${text}`)

const data = await openData(Number(process.env.BENCH_TICKETS ?? (quick ? 20_000 : 200_000)), say)
const servers: Server[] = []
try {
  const postmaster = await postmasterOf(data)
  const app = await startServer('app', data.url, postmaster)
  servers.push(app)
  const memoryAtStart = await memoryThenAtRest(app)
  const first = await firstLoad(app, data)
  const reference = await startServer('reference', data.url, postmaster, { BENCH_PAGE: first.file })
  servers.push(reference)
  await rm(dirname(first.file), { recursive: true })
  const questions = (await questionsAbout(data)).filter(({ name }) => only === undefined || name.includes(only))
  await sameAnswers(app, reference, data)
  const bare = await bareLoop(data.url)
  const answers = []
  for (const question of questions) answers.push({ ...question, ...(await compare(question, app, reference)) })
  const report: Report = {
    date: new Date().toISOString(),
    machine: { processors: availableParallelism(), memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version },
    tickets: data.tickets,
    answers,
    bare,
    rules: await rulesCost(app, data, rounds, Math.min(seconds, 2)),
    pages: await deepPages(app, data, rounds, Math.min(seconds, 2)),
    first: first.seen,
    memoryAtStart,
    memory: await memoryThenAtRest(app),
  }
  console.log(isJson ? JSON.stringify(report, null, 2) : printed(report))
} finally {
  for (const server of servers) await server.stop()
  await data.close()
}

/** What the process holds now, and when it has rested (core/cli/serving/rest.ts), in MB. */
async function memoryThenAtRest({ pid }: Server): Promise<Report['memory']> {
  const now = memoryOf(pid)
  await setTimeout(25_000)
  return { now: Math.round(now), atRest: Math.round(memoryOf(pid)) }
}

/** By turns, so that whatever else the machine does falls on both; the middle of the rounds counts. */
async function compare({ name, requestsOf }: Question, app: Server, reference: Server): Promise<{ app: Figures; reference: Figures }> {
  say(name)
  const found: { app: Figures[]; reference: Figures[] } = { app: [], reference: [] }
  for (const server of [app, reference]) await load(server, quick ? 1 : 2, requestsOf)
  for (let round = 0; round < rounds; round++) {
    found.app.push(await load(app, seconds, requestsOf))
    found.reference.push(await load(reference, seconds, requestsOf))
  }
  return { app: median(found.app), reference: median(found.reference) }
}

/** The reference's list without any HTTP: what there is to reach. Per second, ten at a time. */
async function bareLoop(url: string): Promise<number> {
  say('the bare loop')
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  let answered = 0
  const ask = async (until: number) => {
    while (performance.now() < until) {
      await pool.query(listStatement('open'))
      answered++
    }
  }
  const all = (ms: number) => Promise.all(Array.from({ length: 10 }, () => ask(performance.now() + ms)))
  await all(1_000)
  answered = 0
  await all(seconds * 1_000)
  await pool.end()
  return answered / seconds
}

async function postmasterOf({ client }: BenchData): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return parentOf(rows[0]!.pid)
}
