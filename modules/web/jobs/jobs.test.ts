import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs, wordsOf } from '../server/visitor.ts'

let app: TestApp
let administrator: Visitor

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  administrator = await visitorAs(app, 'administrator')
})
afterAll(() => app.close())

describe('The page of the jobs', () => {
  it('says what waits, what failed and what is done by the clock', async () => {
    await app.queue.start()
    const { status, html } = await administrator.get('/jobs')
    expect(status).toBe(200)
    expect(wordsOf(html)).toMatch(/\d+ running, \d+ waiting Failed Nothing failed\. By the clock/)
    expect(wordsOf(html)).toContain('web.import.sweep 37 3 * * *')
    expect((await administrator.get('/tickets')).html).toContain('href="/jobs"')
  })

  it('says so when the job was settled meanwhile, whatever was sent', async () => {
    await administrator.get('/jobs')
    for (const [deed, sent] of [
      ['retry', '01a2045f-0000-7000-8000-000000000000'],
      ['discard', '01a2045f-0000-7000-8000-000000000000'],
      ['discard', "' or 1=1"],
    ]) {
      const answer = await administrator.post(`/jobs/${deed}`, { job: sent! })
      expect(answer).toMatchObject({ status: 303, location: '/jobs' })
      expect(wordsOf((await administrator.get('/jobs')).html)).toContain('This job is not among the failed ones any more.')
    }
  })

  it('is for administrators: nobody else sees it or settles anything', async () => {
    for (const role of ['manager', 'customer']) {
      const visitor = await visitorAs(app, role)
      expect((await visitor.get('/jobs')).status).toBe(403)
      expect((await visitor.post('/jobs/discard', { job: '01a2045f-0000-7000-8000-000000000000' })).status).toBe(403)
    }
  })
})
