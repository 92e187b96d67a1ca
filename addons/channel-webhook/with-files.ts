/** Messages with files: the message is signed, and says of each file what it must hash to. */
import { createHash } from 'node:crypto'
import type { BroughtFile } from '@tessera/base'
import { type Request, route, type Services } from '@tessera/core'
import { z } from 'zod'
import { type Message, notSigned, provedMessage, receive } from './incoming.ts'

/** The same as a form: `message` first, which is the JSON that was signed, then its files in the order in which it names them. */
export const incomingWithFiles = route('POST /channels/webhook/:name/files', {
  may: 'anybody',
  summary: 'Bring a message with files: a form with the signed JSON as "message", then the files that it names with their SHA-256',
  uploads: true,
  body: z.object({ message: z.string() }),
  returns: z.object({ ticket: z.string() }),
  run: async (request, services: Services) => {
    const { about, message } = await provedMessage(request, request.body.message, services)
    return receive(about, message, services, namedFiles(request.files, message.files))
  },
})

async function* namedFiles(files: Request['files'], named: Message['files']): AsyncGenerator<BroughtFile> {
  let at = 0
  for await (const { content } of files) {
    const about = named[at++]
    if (!about) throw notSigned()
    yield { name: about.name, type: about.type, content: proved(content, about.sha256) }
  }
  if (at < named.length) throw notSigned()
}

/** Nothing of it is kept where it is not what was signed. */
async function* proved(content: AsyncIterable<Uint8Array>, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== sha256) throw notSigned()
}
