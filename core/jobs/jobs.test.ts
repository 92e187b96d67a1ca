import { after, defineModel, defineModule, type Fields, job, type Model, type Module, p, role } from '@tessera/core'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { abilityOf, unlimited } from '../access/ability.ts'
import type { Context } from '../access/caller.ts'
import { listen } from '../database/announcements.ts'
import { type Connection, connect } from '../database/connection.ts'
import { liveHub } from '../database/live.ts'
import { entitiesOf } from '../model/entities.ts'
import { compose } from '../module/compose.ts'
import { fromDeclarations } from '../module/load.ts'
import type { Kernel } from '../records/bound.ts'
import { type OpenScope, servicesOf } from '../service/container.ts'
import type { Services } from '../service/services.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { testConfig } from '../testing/index.ts'
import { createQueue, installQueues, type Queue } from './queue.ts'

const parcelFields = { name: p.string() }
interface Parcel extends Fields<typeof parcelFields> {}
const Parcel: Model<Parcel> = defineModel('parcel', parcelFields, { title: 'name' })
const stampFields = { name: p.string() }
interface Stamp extends Fields<typeof stampFields> {}
const Stamp: Model<Stamp> = defineModel('stamp', stampFields, { title: 'name' })

/** Stamps whose ink runs out once they are on the paper. */
const mishaps = new Set<string>()
const stamp = job('stamp', {
  input: z.object({ name: z.string(), on: z.coerce.date().optional() }),
  async run({ name, on }, { records }) {
    await records.create(Stamp, { name: on ? `${name} on ${on.toISOString()}` : name })
    if (mishaps.delete(name)) throw new Error('The ink ran out.')
  },
})
const sweep = job('sweep', { every: '0 3 * * *', run: (_, { records }) => records.create(Stamp, { name: 'swept' }) })
const clerk = role('clerk')
const post = defineModule({
  name: 'post',
  models: [Parcel, Stamp],
  roles: [clerk],
  permissions: [clerk.can('create', Parcel), clerk.can('read', Parcel)],
  jobs: [stamp, sweep],
  events: [
    after(Parcel, 'create', (parcel, { asSystem, context }) =>
      asSystem('a receipt for the sender').create(Stamp, { name: `receipt of ${parcel.name}, by ${context.door}` }),
    ),
    after(Parcel, 'update', (parcel, { records }) => records.create(Stamp, { name: `renamed ${parcel.name}` })),
    after(Parcel, 'delete', (parcel, { asSystem }, change) =>
      asSystem('the register of losses').create(Stamp, { name: `lost ${parcel.id === change.id}` }),
    ),
  ],
})
const ada = '018f4e6a-0000-7000-8000-000000000001'

interface Office {
  readonly queue: Queue
  readonly connection: Connection
  as(actor: string | null): Services
  readonly log: readonly string[]
}

let database: TestDatabase
const open: Office[] = []
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'jobs' })
  await Promise.all([installQueues(database.url), installQueues(database.url), installQueues(database.url)])
  await office(post).connection.orm.schema.create()
}, 30_000)
afterEach(async () => {
  for (const { queue, connection } of open.splice(0)) {
    await connection.run('truncate pgboss.job, stamp, parcel')
    await queue.stop()
    await connection.close()
  }
})
afterAll(() => database.drop())

function office(...modules: Module[]): Office {
  const composition = compose(fromDeclarations(modules))
  const entities = entitiesOf(composition.models, () => [])
  const connection = connect(database.url, 6, [...entities.values()], () => undefined)
  const ability = abilityOf([clerk], composition.rules, composition.models)
  const contextOf = (actor: string | null): Context => ({
    caller: { id: actor, name: actor ? 'Ada' : 'system', me: {}, ability: actor ? ability : unlimited },
    door: 'job',
    now: new Date(),
    locale: 'en',
    zone: 'UTC',
    requestId: 'test',
  })
  const kernel: Kernel = {
    composition,
    connection,
    entities,
    after: { enqueue: (...change) => queue.enqueue(...change), announce: async () => undefined, look: async () => undefined },
  }
  const openScope: OpenScope = servicesOf({
    kernel,
    config: testConfig(),
    text: (_, code) => code,
    access: {} as Services['access'],
    modules: {} as Services['modules'],
    log: pino({ level: 'silent' }),
    copy: { since: undefined },
    live: liveHub(() => undefined),
    send: (...sent) => queue.send(...sent),
    kept: () => queue.kept,
  })
  const log: string[] = []
  const queue = createQueue({
    composition,
    connection,
    openScope,
    contextOf: async (actor) => contextOf(actor),
    copy: { since: undefined },
    log: pino({}, { write: (line: string) => void log.push(line) }),
  })
  const opened = { queue, connection, as: (actor: string | null) => openScope(contextOf(actor)).services, log }
  open.push(opened)
  return opened
}

const stamps = async ({ as }: Office) => (await as(null).records.query(Stamp, { fields: ['name'] })).rows.map(({ name }) => name).sort()
const states = async ({ connection }: Office) =>
  (await connection.run('select state::text, count(*) as jobs from pgboss.job where name = $1 group by 1 order by 1', ['tessera'])).map(
    ({ state, jobs }) => `${jobs} ${state}`,
  )
/** As if the time until every next attempt had passed. */
const patience = ({ connection }: Office) => connection.run(`update pgboss.job set start_after = now() where state = 'retry'`)

test('the tables of the queue may be installed by several at once, and are no business of the models', async () => {
  const { connection } = office(post)
  await Promise.all([1, 2, 3].map(() => installQueues(database.url)))
  expect(await connection.orm.schema.getUpdateSchemaSQL()).not.toContain('pgboss')
})

describe('a job that is sent', () => {
  test('first by as many transactions at once as there are connections, waits for none of them', async () => {
    const { as, connection } = office(post)
    const every = connection.pool.options.max
    let held = 0
    const { promise: allHeld, resolve } = Promise.withResolvers<void>()
    const file = async (at: number) => {
      const { records, jobs } = as(null)
      await records.transaction(async () => {
        await records.create(Parcel, { name: `parcel ${at}` })
        if (++held === every) resolve()
        await allHeld
        await jobs.send(stamp, { name: `stamp ${at}` })
      })
    }
    await Promise.all(Array.from({ length: every }, (_, at) => file(at)))
    expect(connection.pool.waitingCount).toBe(0)
  })

  test('runs after the commit of the transaction that sent it, with the input as its schema reads it', async () => {
    const here = office(post)
    const { records, jobs } = here.as(null)
    await records.transaction(async () => {
      await jobs.send(stamp, { name: 'first', on: new Date('2026-01-02T03:04:05Z') })
      expect(await here.queue.drain()).toBe(0)
    })
    expect(await here.queue.drain()).toBe(1)
    expect(await stamps(here)).toEqual(['first on 2026-01-02T03:04:05.000Z'])
    expect(await states(here)).toEqual(['1 completed'])
  })

  test('never runs when that transaction is rolled back', async () => {
    const here = office(post)
    const { records, jobs } = here.as(null)
    const failing = records.transaction(async () => {
      await jobs.send(stamp, { name: 'first' })
      throw new Error('second thoughts')
    })
    await expect(failing).rejects.toThrow('second thoughts')
    expect(await here.queue.drain()).toBe(0)
    expect(await states(here)).toEqual([])
  })

  test('is written at once where there is no transaction, several side by side too', async () => {
    const here = office(post)
    const { jobs } = here.as(null)
    await Promise.all(['a', 'b', 'c'].map((name) => jobs.send(stamp, { name })))
    expect(await here.queue.drain()).toBe(3)
    expect(await stamps(here)).toEqual(['a', 'b', 'c'])
  })

  test('is refused at once when its input does not fit or no installed module declares it', async () => {
    const { as } = office(post)
    await expect(as(null).jobs.send(stamp, { name: 7 as never })).rejects.toThrow(/input of the job "stamp".*\n.*expected string/)
    await expect(as(null).jobs.send(job('stamp', { run: () => undefined }), {})).rejects.toThrow('no installed module declares it')
  })

  test('that fails leaves nothing behind, and runs again later', async () => {
    const here = office(post)
    mishaps.add('blot')
    await here.as(null).jobs.send(stamp, { name: 'blot' })
    await expect(here.queue.drain()).rejects.toThrow('The ink ran out.')
    expect(await stamps(here)).toEqual([])
    expect(await states(here)).toEqual(['1 retry'])
    expect(await here.queue.drain()).toBe(0)

    await patience(here)
    expect(await here.queue.drain()).toBe(1)
    expect(await stamps(here)).toEqual(['blot'])
    expect(await states(here)).toEqual(['1 completed'])
  })

  test('that fails does not keep the others from running', async () => {
    const here = office(post)
    mishaps.add('blot')
    for (const name of ['blot', 'fine']) await here.as(null).jobs.send(stamp, { name })
    await expect(here.queue.drain()).rejects.toThrow('The ink ran out.')
    expect(await stamps(here)).toEqual(['fine'])
  })

  /** How often it takes until nobody tries any more. */
  async function failing(here: Office): Promise<number> {
    await here.as(null).jobs.send(stamp, { name: 'blot' })
    let attempts = 0
    for (; !(await states(here)).includes('1 failed'); attempts++) {
      mishaps.add('blot')
      await patience(here)
      await expect(here.queue.drain()).rejects.toThrow('The ink ran out.')
    }
    return attempts
  }

  test('that always fails stays visible as failed, with its reason', async () => {
    const here = office(post)
    expect(await failing(here)).toBe(11)
    expect(await stamps(here)).toEqual([])
    expect(await here.connection.run('select output from pgboss.job')).toEqual([{ output: { message: 'The ink ran out.' } }])
  })

  test('that failed for good is done again or taken out by whoever looks after the queue', async () => {
    const here = office(post)
    await failing(here)
    const kept = here.as(null).jobs.asKeeper('A test looks after it.')
    const { failed, waiting, running } = await kept.look()
    expect({ failed, waiting, running }).toMatchObject({
      failed: [{ task: 'stamp', attempts: 11, error: 'The ink ran out.', failedAt: expect.any(Date) }],
      waiting: 0,
      running: 0,
    })
    const [{ id } = { id: '' }] = failed
    expect(await kept.retry(id)).toBe(true)
    expect((await kept.look()).waiting).toBe(1)
    // What waits to be done again did not fail for good.
    expect([await kept.retry(id), await kept.discard(id)]).toEqual([false, false])
    await patience(here)
    expect(await here.queue.drain()).toBe(1)
    expect(await stamps(here)).toEqual(['blot'])

    await failing(here)
    const [again] = (await kept.look()).failed
    expect([await kept.discard(again!.id), await kept.discard(again!.id)]).toEqual([true, false])
    expect((await kept.look()).failed).toEqual([])
  })

  test('that waits for somebody outside has no transaction: what it did stays when it fails and runs again', async () => {
    let calls = 0
    const call = job('call', {
      outside: true,
      async run(_, { records }) {
        await records.create(Stamp, { name: `call ${++calls}` })
        if (calls === 1) throw new Error('Nobody answered.')
      },
    })
    const here = office(defineModule({ name: 'post', models: [Parcel, Stamp], jobs: [call] }))
    await here.as(null).jobs.send(call, {})
    await expect(here.queue.drain()).rejects.toThrow('Nobody answered.')
    expect(await stamps(here)).toEqual(['call 1'])
    await patience(here)
    expect(await here.queue.drain()).toBe(1)
    expect(await stamps(here)).toEqual(['call 1', 'call 2'])
    expect(await states(here)).toEqual(['1 completed'])
  })

  test('has its effect once when another worker has taken it over meanwhile', async () => {
    const here = office(
      defineModule({
        name: 'post',
        models: [Parcel, Stamp],
        jobs: [
          job('slow', {
            async run(_, { records }) {
              await records.create(Stamp, { name: 'slow' })
              // The upkeep of another worker believed this one dead, and a third has claimed the job again.
              await here.connection.run('update pgboss.job set retry_count = retry_count + 1')
            },
          }),
        ],
      }),
    )
    await here.connection.run('insert into pgboss.job (name, data) values ($1, $2)', [
      'tessera',
      JSON.stringify({ kind: 'job', job: 'slow', input: {} }),
    ])
    await expect(here.queue.drain()).rejects.toThrow('taken over by another worker')
    expect(await stamps(here)).toEqual([])
    expect(await states(here)).toEqual(['1 active'])
  })
})

describe('a listener after the commit', () => {
  test('gets the record as the system sees it and acts through the job door', async () => {
    const here = office(post)
    await here.as(ada).records.create(Parcel, { name: 'books' })
    expect(await stamps(here)).toEqual([])
    expect(await here.queue.drain()).toBe(1)
    expect(await stamps(here)).toEqual(['receipt of books, by job'])
  })

  test('has the rights of the user who did the change', async () => {
    const here = office(post)
    const { id } = await here.as(null).records.create(Parcel, { name: 'books' })
    await here.queue.drain()
    await here.as(null).records.update(Parcel, id, { name: 'maps' })
    expect(await here.queue.drain()).toBe(1)
    expect(await stamps(here)).toContain('renamed maps')

    await here.as(null).records.update(Parcel, id, { name: 'atlas' })
    await here.connection.run(`update pgboss.job set data = jsonb_set(data, '{change,actor}', $1) where state = 'created'`, [
      JSON.stringify(ada),
    ])
    await expect(here.queue.drain()).rejects.toThrow('Your role does not allow you to create this stamp.')
  })

  test('hears of a removed record by its id, and not at all of one that was removed before the job ran', async () => {
    const here = office(post)
    const { records } = here.as(null)
    const { id } = await records.create(Parcel, { name: 'books' })
    await records.remove(Parcel, id)
    expect(await here.queue.drain()).toBe(2)
    expect(await stamps(here)).toEqual(['lost true'])
    expect(await states(here)).toEqual(['2 completed'])
  })

  test('is found again when other modules have come and gone, and counts as done when its own has', async () => {
    const insurance = (...events: Module['events']) => defineModule({ name: 'insurance', depends: [post], events })
    const insured = after(Parcel, ['name'], (parcel, { asSystem }) =>
      asSystem('the policy').create(Stamp, { name: `insured ${parcel.name}` }),
    )
    const before = office(insurance(insured))
    await before.as(null).records.create(Parcel, { name: 'books' })

    const first = defineModule({ name: 'art', depends: [post], events: [after(Parcel, ['name'], () => undefined)] })
    // The same change, and a listener in front that was not there when it happened.
    expect(await office(first, insurance(insured)).queue.drain()).toBe(2)
    expect(await stamps(before)).toEqual(['insured books', 'receipt of books, by job'])

    await before.as(null).records.create(Parcel, { name: 'maps' })
    const without = office(post)
    expect(await without.queue.drain()).toBe(2)
    expect(await stamps(before)).not.toContain('insured maps')
    expect(without.log.join()).toContain('insurance/parcel/name/0')
  })
})

describe('a worker', () => {
  test('runs what is sent as soon as the announcement wakes it', async () => {
    const here = office(post)
    // No clock of the worker ever goes off: what it finds, it was woken for.
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await here.queue.start()
    const ears = await listen(database.url, {
      onMessage: ({ kind }) => kind === 'jobs' && here.queue.wake(),
      onReconnect: () => undefined,
      log: pino({ level: 'silent' }),
    })
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await office(post).as(null).jobs.send(stamp, { name })
    await expect.poll(() => stamps(here), { interval: 20 }).toHaveLength(6)
    await ears.close()
  })

  test('finds it without an announcement too, and tries again by itself what failed', async () => {
    const here = office(post)
    await here.queue.start()
    mishaps.add('blot')
    await here.as(null).jobs.send(stamp, { name: 'blot' })
    await expect.poll(() => stamps(here)).toEqual(['blot'])
  })

  test('finishes what it runs before it stops, and takes no more', async () => {
    const steps: string[] = []
    let begin: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const gate = Promise.withResolvers<void>()
    const slow = job('slow', {
      async run() {
        begin()
        await gate.promise
        steps.push('done')
      },
    })
    const here = office(defineModule({ name: 'post', models: [Parcel, Stamp], jobs: [slow] }))
    await here.as(null).jobs.send(slow, {})
    await here.queue.start()
    await begun
    const stopped = here.queue.stop().then(() => steps.push('stopped'))
    await here.as(null).jobs.send(slow, {})
    gate.resolve()
    await stopped
    expect(steps).toEqual(['done', 'stopped'])
    expect(await states(here)).toEqual(['1 completed', '1 created'])
  }, 15_000)

  test('takes over from one that was killed, within half a minute', async () => {
    const here = office(post)
    await here.as(null).jobs.send(stamp, { name: 'orphan' })
    // Claimed by a worker whose last sign of life was this long ago.
    await here.connection.run(
      `update pgboss.job set state = 'active', started_on = now() - interval '16 s', heartbeat_on = now() - interval '16 s'`,
    )
    await here.queue.start()
    await expect.poll(() => stamps(here), { timeout: 15_000, interval: 250 }).toEqual(['orphan'])
  }, 20_000)

  test('keeps the schedules of what is installed and of nothing else', async () => {
    const schedules = async ({ connection }: Office) =>
      (await connection.run('select key, cron from pgboss.schedule order by key')).map(({ key, cron }) => `${key} ${cron}`)
    const here = office(
      post,
      defineModule({ name: 'cellar', depends: [post], jobs: [job('rats', { every: '*/5 * * * *', run: () => undefined })] }),
    )
    await here.queue.start()
    expect(await schedules(here)).toEqual(['rats */5 * * * *', 'sweep 0 3 * * *'])
    const less = office(post)
    await less.queue.start()
    expect(await schedules(less)).toEqual(['sweep 0 3 * * *'])
  })
})
