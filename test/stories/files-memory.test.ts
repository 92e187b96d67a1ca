/** A large file goes in and out again, and the process holds none of it. */
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { attachmentSettings } from '@tessera/base'
import { bootTest, signedInAs } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'

const megabytes = process.env.TESSERA_DEEP ? 200 : 80
let app: Awaited<ReturnType<typeof bootTest>>
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
})
afterAll(() => app?.close())

it(`A file of ${megabytes} MB passes through in pieces, both ways`, { timeout: 300_000 }, async () => {
  const system = await app.servicesFor({ door: 'system' })
  await system.settings.set(attachmentSettings, { mostMegabytes: 250, most: 10, refused: [] })
  const partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  const ticket = (await system.records.create(Ticket, { subject: 'A film of it', partner })).id
  const agent = await signedInAs(app, 'agent')
  const address = new URL('/api/attachments', await app.listen())
  // One megabyte, again and again: what this test itself holds is no more.
  const piece = Buffer.alloc(1_000_000, 'tessera ')
  const most = watched()

  const answer = await new Promise<string>((resolve, reject) => {
    const headers = { authorization: `Bearer ${agent.key}`, 'content-type': 'multipart/form-data; boundary=x' }
    const sent = request(address, { method: 'POST', headers }, async (got) => {
      let text = ''
      for await (const part of got) text += part
      resolve(text)
    })
    sent.on('error', reject)
    const field = (name: string, value: string) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    sent.write(
      `${field('model', 'ticket')}${field('record', ticket)}--x\r\ncontent-disposition: form-data; name="files"; filename="film.bin"\r\n\r\n`,
    )
    let left = megabytes
    const go = () => {
      while (left-- > 0) if (!sent.write(piece)) return sent.once('drain', go)
      return sent.end('\r\n--x--\r\n')
    }
    go()
  })
  const [file] = JSON.parse(answer).data
  expect(file).toMatchObject({ name: 'film.bin', size: megabytes * 1_000_000 })

  const content = await agent.fetch(`/api/attachments/${file.id}/content`)
  const hash = createHash('sha256')
  for await (const part of content.body!) hash.update(part)
  const expected = createHash('sha256')
  for (let at = 0; at < megabytes; at++) expected.update(piece)
  expect(hash.digest('hex')).toBe(expected.digest('hex'))
  // Sender and receiver are this one process, with the buffers of two connections.
  expect(most()).toBeLessThan(40)
})

/** The most megabytes of buffers that were held beyond those at the start: what is only waiting to be collected does not count. */
function watched(): () => number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const held = () => {
    // Buffers are freed beside the collection; the next one waits until the last has done with them.
    collect()
    collect()
    return process.memoryUsage().arrayBuffers / 1e6
  }
  const before = held()
  let most = 0
  // Half a second after the last look, however long that took: of a process with much in it a collection takes its time.
  let timer: NodeJS.Timeout
  const later = () => {
    timer = setTimeout(() => {
      most = Math.max(most, held() - before)
      later()
    }, 500)
  }
  later()
  onTestFinished(() => clearTimeout(timer))
  return () => Math.max(most, held() - before)
}
