import { testDatabase } from '@tessera/core/testing'
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { openData } from './data.ts'
import { sameAnswers } from './same-answers.ts'
import { startServer } from './servers.ts'

it('The reference of the bench answers what the application answers, whatever fields a ticket has by now', async () => {
  // The test runner's own, which is no address.
  vi.stubEnv('BASE_URL', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const database = await testDatabase(inject('postgresUrl'), { name: 'bench' })
  const data = await openData(300, () => undefined, database.url)
  const [app, reference] = await Promise.all([startServer('app', data.url, process.pid), startServer('reference', data.url, process.pid)])
  try {
    await expect(sameAnswers(app, reference, data)).resolves.toBeUndefined()
  } finally {
    await Promise.all([app.stop(), reference.stop()])
    await data.close()
    await database.drop()
  }
})
