/** A form that brings files, read from a real connection: slow, large, broken, or left by its reader. */
import { createServer, request, type Server } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UploadedFile } from '../module/module.ts'
import { type UploadLimits, withUpload } from './upload.ts'

let server: Server
let limits: Partial<UploadLimits> = {}
let consume: (file: UploadedFile) => Promise<unknown> = lengthOf

beforeAll(async () => {
  server = createServer(async (incoming, answer) => {
    try {
      const told = await withUpload(
        incoming,
        async ({ fields, files }) => {
          const read: unknown[] = []
          const before = Object.keys(fields)
          for await (const file of files) read.push([file.field, file.name, file.type, await consume(file)])
          return { before, fields, read }
        },
        limits,
      )
      answer.end(JSON.stringify(told))
    } catch (error) {
      const { status = 500, code = 'none', message } = error as { status?: number; code?: string; message: string }
      answer.writeHead(status, { connection: 'close' }).end(JSON.stringify({ code, message }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function lengthOf({ content }: UploadedFile): Promise<number> {
  let length = 0
  for await (const chunk of content) length += (chunk as Buffer).length
  return length
}

const head = (name: string, file?: string) =>
  `--x\r\ncontent-disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n\r\n`
const end = '\r\n--x--\r\n'

/** Each piece after so many milliseconds. */
async function send(pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>, type = 'multipart/form-data; boundary=x') {
  const { port } = server.address() as { port: number }
  const answered = Promise.withResolvers<{ status: number; body: Record<string, unknown> }>()
  const sent = request({ port, method: 'POST', headers: { 'content-type': type } }, async (answer) => {
    let text = ''
    for await (const part of answer) text += part
    answered.resolve({ status: answer.statusCode!, body: JSON.parse(text) })
  })
  sent.on('error', answered.reject)
  for await (const piece of pieces) {
    if (sent.destroyed || sent.errored) break
    if (!sent.write(piece))
      await Promise.race([new Promise((resolve) => sent.once('drain', resolve)), answered.promise.catch(() => undefined)])
  }
  sent.end()
  return answered.promise
}
/** So many bytes at a time, for as long as it is read. */
async function* slowly(bytes: number, everyMs: number, times: number): AsyncGenerator<string | Buffer> {
  yield head('files', 'slow.bin')
  for (let at = 0; at < times; at++) {
    await after(everyMs)
    yield Buffer.alloc(bytes)
  }
  yield end
}

describe('A form with files', () => {
  it('gives its fields before the first file, then each file in its turn, then the rest of the fields', async () => {
    const body = [
      head('a'),
      '1\r\n',
      head('a'),
      '2\r\n',
      head('one', 'one.txt'),
      'first\r\n',
      head('two', '../two.txt'),
      'second!\r\n',
      head('late'),
      'x',
      end,
    ]
    expect(await send(body)).toEqual({
      status: 200,
      body: {
        before: ['a'],
        fields: { a: ['1', '2'], late: 'x' },
        read: [
          ['one', 'one.txt', 'text/plain', 5],
          ['two', 'two.txt', 'text/plain', 7],
        ],
      },
    })
  })

  it('passes over files that nobody reads, and inputs in which nothing was chosen', async () => {
    consume = async () => 'passed over'
    const body = [head('one', 'one.bin'), Buffer.alloc(300_000), '\r\n', head('none', ''), '\r\n', head('two', 'two.txt'), 'x', end]
    expect((await send(body)).body.read).toEqual([
      ['one', 'one.bin', 'text/plain', 'passed over'],
      ['two', 'two.txt', 'text/plain', 'passed over'],
    ])
    consume = lengthOf
  })

  it.each([
    ['ends in the middle of a file', [head('files', 'a.txt'), 'half'], 'http.broken_form', 400],
    ['ends in the middle of a field', [head('a'), 'half'], 'http.broken_form', 400],
    ['has a field that is no text', [head('a'), Buffer.from([0xff, 0xfe]), end], 'http.not_utf8', 400],
    ['has an endless field', [head('a'), Buffer.alloc(300_000, 97), end], 'http.field_too_large', 413],
    [
      'has more than fifty files',
      Array.from({ length: 51 }, (_, at) => `${head('files', `${at}.txt`)}x\r\n`).concat('--x--\r\n'),
      'http.too_many_files',
      413,
    ],
    [
      'has more fields than a form',
      Array.from({ length: 101 }, (_, at) => `${head(`f${at}`)}x\r\n`).concat('--x--\r\n'),
      'http.form_too_large',
      413,
    ],
  ])('is refused where it %s', async (_, body, code, status) => {
    expect(await send(body)).toMatchObject({ status, body: { code } })
  })

  it('is refused where it is none', async () => {
    expect(await send(['{}'], 'application/json')).toMatchObject({ status: 415, body: { code: 'http.wrong_type' } })
    expect(await send(['{}'], 'multipart/form-data')).toMatchObject({ status: 400, body: { code: 'http.broken_form' } })
  })

  it('may take its time, as long as it goes on coming', async () => {
    limits = { patienceMs: 50, leastBytesPerSecond: 16_000 }
    expect(await send(slowly(4_000, 20, 25))).toMatchObject({ status: 200, body: { read: [['files', 'slow.bin', 'text/plain', 100_000]] } })
  })

  it('that comes more slowly than that is ended, and so is one that takes longer than any may', async () => {
    limits = { patienceMs: 100, leastBytesPerSecond: 16_000 }
    expect(await send(slowly(20, 20, 100))).toMatchObject({ status: 408, body: { code: 'http.upload_too_slow' } })
    limits = { patienceMs: 100, mostMilliseconds: 300, leastBytesPerSecond: 1_000 }
    expect(await send(slowly(4_000, 20, 100))).toMatchObject({ status: 408, body: { code: 'http.upload_too_long' } })
    limits = {}
  })

  it('whose reader refuses it is passed over, so that its sender reads why', async () => {
    consume = async () => Promise.reject(Object.assign(new Error('Too much.'), { status: 413, code: 'refused' }))
    const body = [head('files', 'large.bin'), ...Array.from({ length: 40 }, () => Buffer.alloc(250_000)), end]
    expect(await send(body)).toEqual({ status: 413, body: { code: 'refused', message: 'Too much.' } })
    consume = lengthOf
  })
})
