/**
 * `npm run bench:screens`: how long the screens take with many tickets (BENCH_TICKETS, 1000000), for an agent with five rules.
 * BENCH_DATABASE_URL keeps the data for another time, BENCH_ONLY=kanban asks only for screens with that word, BENCH_QUICK=1 asks
 * each address once and proves only that everything runs; `--json` is for machines. Nothing here fails because it is slow.
 */
import { availableParallelism, totalmem } from 'node:os'
import { type BenchData, openData } from './data.ts'
import { type Server, startServer } from './servers.ts'
import { columns } from './table.ts'

const quick = process.env.BENCH_QUICK === '1'
const only = process.env.BENCH_ONLY
const rounds = quick ? 1 : 20
const isJson = process.argv.includes('--json')
const say = (text: string) => console.error(`… ${text}`)

/** Milliseconds from the request to the last byte of the page. */
interface Timed {
  readonly screen: string
  readonly goal: number | undefined
  /** The slowest first answer of one of the addresses: nothing of it was asked before. */
  readonly first: number
  readonly p50: number
  readonly p95: number
}

const data = await openData(Number(process.env.BENCH_TICKETS ?? (quick ? 20_000 : 1_000_000)), say)
try {
  const app = await startServer('app', data.url, 0)
  try {
    const timed: Timed[] = []
    for (const asked of await screensOf(data)) {
      if (only !== undefined && !asked.screen.includes(only)) continue
      say(asked.screen)
      timed.push(await time(app, asked))
    }
    console.log(isJson ? JSON.stringify({ tickets: data.tickets, timed }, null, 2) : printed(timed))
  } finally {
    await app.stop()
  }
} finally {
  await data.close()
}

interface Asked {
  readonly screen: string
  readonly goal: number | undefined
  readonly paths: readonly string[]
}

async function screensOf({ client }: BenchData): Promise<readonly Asked[]> {
  const ids = async (sql: string) => (await client.query<{ id: string }>(sql)).rows.map(({ id }) => id)
  const tickets = await ids('select id from ticket order by md5(id::text) limit 40')
  const partners = await ids('select id from partner order by md5(id::text) limit 40')
  const statuses = await ids('select id from ticket_status')
  const teams = await ids('select id from team')
  const priorities = await ids('select id from ticket_priority')
  const goal = 200
  const sorted = (by: string) => ['/tickets?filter=&', '/tickets?'].flatMap((list) => [`${list}sort=${by}`, `${list}sort=-${by}`])
  const grouped = (by: string) => [
    `/tickets?filter=&group=${encodeURIComponent(by)}`,
    `/tickets?filter=open&group=${encodeURIComponent(by)}`,
  ]
  return [
    { screen: 'list', goal, paths: ['/tickets?filter=', '/tickets', '/tickets?filter=&sort=-createdAt'] },
    {
      screen: 'list by a filter',
      goal,
      paths: [
        ...statuses.map((id) => `/tickets?filter=&facet.status=${id}`),
        ...priorities.map((id) => `/tickets?filter=&facet.priority=${id}`),
        ...teams.map((id) => `/tickets?filter=&facet.team=${id}`),
      ],
    },
    { screen: 'list of what one follows, open or all', goal, paths: ['/tickets?filter=open&filter=followed', '/tickets?filter=followed'] },
    { screen: 'list sorted by number', goal, paths: ['/tickets?filter=&sort=number', '/tickets?filter=&sort=-number'] },
    { screen: 'list sorted by subject', goal, paths: ['/tickets?filter=&sort=subject', '/tickets?filter=&sort=-subject'] },
    { screen: 'list sorted by partner', goal, paths: ['/tickets?filter=&sort=partner', '/tickets?filter=&sort=-partner'] },
    ...['status', 'priority', 'team'].map((by) => ({ screen: `list sorted by ${by}`, goal, paths: sorted(by) })),
    ...['status,number', 'priority,subject'].map((by) => ({ screen: `list sorted by ${by}`, goal, paths: sorted(by) })),
    {
      screen: 'search',
      goal,
      paths: ['pothole oak', 'noise', 'lindqvist', 'T-2024-01234'].map((q) => `/tickets?filter=&q=${encodeURIComponent(q)}`),
    },
    { screen: 'form of a ticket', goal, paths: tickets.map((id) => `/tickets/${id}`) },
    { screen: 'form of a partner', goal, paths: partners.map((id) => `/partners/${id}`) },
    { screen: 'kanban', goal, paths: ['/tickets?view=kanban&filter=', '/tickets?view=kanban'] },
    ...['status', 'priority', 'type', 'team', 'assignee', 'createdAt:month', 'createdAt:week', 'type,createdAt:week'].map(
      (by): Asked => ({ screen: `groups of a view: ${by}`, goal, paths: grouped(by) }),
    ),
    ...['partner', 'source', 'closedAt:day', 'tags'].map(
      (by): Asked => ({ screen: `other groups: ${by}`, goal: 1_000, paths: grouped(by) }),
    ),
    { screen: 'graph', goal: undefined, paths: ['/tickets?view=graph&filter=', '/tickets?view=graph'] },
    { screen: 'pivot', goal: undefined, paths: ['/tickets?view=pivot&filter=', '/tickets?view=pivot'] },
  ]
}

/** Each address once, then all by turns. */
async function time({ url }: Server, { screen, goal, paths }: Asked): Promise<Timed> {
  const ask = async (path: string) => {
    const began = performance.now()
    const response = await fetch(url + path, { headers: { cookie: data.cookie, accept: 'text/html' } })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}.`)
    return performance.now() - began
  }
  const first: number[] = []
  for (const path of paths) first.push(await ask(path))
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await ask(paths[round % paths.length]!))
  times.sort((one, other) => one - other)
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!
  return { screen, goal, first: Math.max(...first), p50: at(0.5), p95: at(0.95) }
}

function printed(timed: readonly Timed[]): string {
  const figures = timed.map(({ screen, goal, first, p50, p95 }) => [
    screen,
    ms(first),
    ms(p50),
    ms(p95),
    goal === undefined ? '' : `<= ${goal}`,
  ])
  return [
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} processors, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${data.tickets} tickets.`,
    'Milliseconds from the request to the last byte of the page, one request after the other.',
    '',
    columns([['', 'first', 'p50', 'p95', 'goal (p95)'], ...figures]),
  ].join('\n')
}

function ms(time: number): string {
  return String(Math.round(time))
}
