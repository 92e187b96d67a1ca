/** Files that come with a message by a channel: taken within the limits, or named to staff with the reason. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Attachment, attachmentSettings, type BroughtFile } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Message } from '@tessera/thread'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Incoming, Ticket } from './index.ts'

let app: TestApp
let system: Services
let agent: SignedIn
let addresses = 0
let messages = 0

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  agent = await signedInAs(app, 'agent')
})
afterAll(() => app?.close())

const newAddress = () => `chat-${++addresses}`
/** As a route for everybody would: nobody is signed in. */
async function receive(address: string, files: Incoming['files'], externalId = `m-${++messages}`): Promise<string> {
  const { inbox } = await app.servicesFor({ door: 'api', user: '00000000-0000-7000-8000-000000000000' })
  const said = { channel: 'telegram', address, name: 'Fatou Camara', body: 'Here is my receipt', externalId }
  return (await inbox.receive({ ...said, files: files ?? [] })).ticket
}
async function* pieces(...parts: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}
const brought = (name: string, ...parts: readonly (string | Buffer)[]): BroughtFile => ({
  name,
  type: 'application/octet-stream',
  content: pieces(...parts),
})
const png = (bytes: number) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(bytes)])
const filesOf = async (where: object) =>
  (await system.records.query(Attachment, { fields: ['name', 'type', 'size', 'draft'], where: where as never, limit: 200 })).rows
const notesOf = async (ticket: string) =>
  (await system.records.query(Message, { fields: ['body', 'sender'], where: { ticket, kind: 'note' } })).rows.map(({ body }) => body)

describe('Files of the first message', () => {
  it('become the ticket’s, under names that are fit to be saved, as what they are', async () => {
    const id = await receive(newAddress(), [
      brought('../../etc/receipt\u202Egnp.pdf', '%PDF-1.7 ', 'of October'),
      brought('C:\\Users\\fatou\\card.png\u0000', png(20)),
      brought('winmail.dat', 'as it came'),
      brought(`${'long '.repeat(100)}.txt`, 'text'),
      brought('', 'without a name'),
    ])
    const files = await filesOf({ ticket: id })
    expect(files.map(({ name, type }) => [name.slice(0, 20), type])).toEqual([
      ['receiptgnp.pdf', 'application/pdf'],
      ['card.png', 'image/png'],
      ['winmail.dat', 'application/octet-stream'],
      ['long long long long ', 'application/octet-stream'],
      ['file', 'application/octet-stream'],
    ])
    expect(files.map(({ draft }) => draft)).toEqual([false, false, false, false, false])
    expect(files[3]?.name).toMatch(/^.{190,200}$/)
    const content = await agent.fetch(`/api/attachments/${files[0]!.id}/content`)
    expect([await content.text(), content.headers.get('x-content-type-options')]).toEqual(['%PDF-1.7 of October', 'nosniff'])
    expect(await notesOf(id)).toEqual([])
  })
})

describe('Files of a later message', () => {
  it('are read where it is', async () => {
    const address = newAddress()
    const id = await receive(address, [])
    expect(await receive(address, [brought('receipt.pdf', '%PDF-')])).toBe(id)
    expect(await filesOf({ message: { ticket: id } })).toMatchObject([{ name: 'receipt.pdf' }])
    const fatou = await signedInAs(app, 'customer', { partner: (await system.records.get(Ticket, id)).partner.id })
    const said = await system.records.find(Message, { ticket: id })
    const list = (await (await fatou.fetch(`/api/attachments?model=message&record=${said!.id}`)).json()) as { data: unknown[] }
    expect(list.data).toMatchObject([{ name: 'receipt.pdf' }])
  })

  it('are not taken again, nor read, when it is delivered again', async () => {
    const address = newAddress()
    const id = await receive(address, [brought('receipt.pdf', '%PDF-')], `${address}.1`)
    let isRead = false
    const again = async function* () {
      isRead = true
      yield brought('receipt.pdf', '%PDF-')
    }
    expect(await receive(address, again(), `${address}.1`)).toBe(id)
    expect(isRead).toBe(false)
    expect(await filesOf({ ticket: id })).toHaveLength(1)
  })

  it('that break off leave nothing behind: the message comes again', async () => {
    const address = newAddress()
    const broken = async function* () {
      yield Buffer.from('half')
      throw new Error('The line broke.')
    }
    const file: BroughtFile = { name: 'a.txt', type: 'text/plain', content: broken() }
    await expect(receive(address, [brought('b.txt', 'whole'), file])).rejects.toThrow('The line broke.')
    expect(await system.records.count(Ticket, { where: { channelAddress: address } })).toBe(0)
    expect(await readdir(join(system.config.dataDir, 'files-coming'))).toEqual([])
  })
})

describe('What is not taken', () => {
  it('is named in a note for staff with the reason, and the rest is taken', async () => {
    await system.settings.set(attachmentSettings, { mostMegabytes: 1, most: 10, refused: ['exe'] })
    const address = newAddress()
    const id = await receive(address, [])
    await receive(address, [
      brought('invoice.exe', 'x'),
      brought('photo.jpg', 'MZ', Buffer.alloc(20)),
      brought('film.mp4', Buffer.alloc(600_000), Buffer.alloc(600_000)),
      brought('receipt.pdf', '%PDF-'),
    ])
    expect(await filesOf({ message: { ticket: id } })).toMatchObject([{ name: 'receipt.pdf' }])
    expect(await notesOf(id)).toEqual([
      [
        'Of what came with the message, this was not taken:',
        '- Files that end in ".exe" are not taken: "invoice.exe".',
        '- "photo.jpg" is a program, and is not taken.',
        '- "film.mp4" is larger than 1 MB, and is not taken.',
      ].join('\n'),
    ])
  })

  it('is what goes beyond so many, or so much together', async () => {
    await system.settings.set(attachmentSettings, { mostMegabytes: 1, most: 6, refused: ['exe'] })
    const id = await receive(
      newAddress(),
      Array.from({ length: 5 }, (_, at) => brought(`${at}.bin`, Buffer.alloc(900_000, at))),
    )
    expect((await filesOf({ ticket: id })).map(({ name }) => name)).toEqual(['0.bin', '1.bin', '2.bin', '3.bin'])
    expect((await notesOf(id))[0]).toContain('- "4.bin" is not taken: together the files are larger than 4 MB.')
    const many = await receive(
      newAddress(),
      Array.from({ length: 8 }, (_, at) => brought(`${at}.txt`, `${at}`)),
    )
    expect(await filesOf({ ticket: many })).toHaveLength(6)
    expect((await notesOf(many))[0]?.match(/at most 6 files are taken at once/g)).toHaveLength(2)
  })

  it('is never looked at after a hundred, however many there are', async () => {
    let asked = 0
    const endless = function* () {
      for (; asked < 100_000; asked++) yield brought('part.exe', 'x')
    }
    const id = await receive(newAddress(), endless())
    expect(asked).toBe(100)
    expect((await notesOf(id))[0]?.split('\n')).toHaveLength(102)
    await system.settings.set(attachmentSettings, { mostMegabytes: 25, most: 10, refused: ['exe'] })
  })

  it('is the small picture of a signature, and nothing is said of it; a picture in the text is taken', async () => {
    const inline = (name: string, bytes: number): BroughtFile => ({ ...brought(name, png(bytes)), inline: true })
    const id = await receive(newAddress(), [inline('', 900), inline('logo.png', 900), inline('', 9_000)])
    expect((await filesOf({ ticket: id })).map(({ name }) => name)).toEqual(['logo.png', 'file.png'])
    expect(await notesOf(id)).toEqual([])
  })
})
