/** Reads a form that brings files, one after the other: no file is ever held, and what is too much, too large or too slow ends. */
import type { IncomingMessage } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { Busboy } from '@fastify/busboy'
import { BadRequest, TooLarge } from '../errors.ts'
import type { UploadedFile } from '../module/module.ts'
import { expectType, TooSlow } from './body.ts'

export interface Upload {
  /** Those that stand before the first file; those behind a file are there once it was read. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>
  /** To be gone through once. Each file is read, or passed over, before the next one comes. */
  readonly files: AsyncIterable<UploadedFile>
}

export interface UploadLimits {
  /** For the whole request. */
  readonly mostMilliseconds: number
  /** On average, once `patienceMs` have passed. */
  readonly leastBytesPerSecond: number
  readonly patienceMs: number
  readonly mostFiles: number
}

/** A body with files may take much longer than one of JSON, as long as it goes on coming. */
const usual: UploadLimits = { mostMilliseconds: 600_000, leastBytesPerSecond: 16_000, patienceMs: 15_000, mostFiles: 50 }

/**
 * Runs `take` at the first file, so that whoever sends may be asked for his right to it before anything of it is taken. What is wrong
 * later is thrown where the files are read: another form than it says (400), too much (413), too slow (408).
 */
export async function withUpload<R>(
  request: IncomingMessage,
  take: (upload: Upload) => Promise<R>,
  limits: Partial<UploadLimits> = {},
): Promise<R> {
  expectType(request, 'multipart/form-data')
  const incoming = new Incoming(request, { ...usual, ...limits })
  try {
    const first = await incoming.next()
    return await take({ fields: incoming.fields, files: incoming.from(first) })
  } catch (error) {
    throw incoming.failure ?? error
  } finally {
    await incoming.end()
  }
}

/** Whether the request says that it is a form with files. */
export function isMultipart(contentType = ''): boolean {
  return /^\s*multipart\/form-data\s*(;|$)/i.test(contentType)
}

class Incoming {
  readonly fields: Record<string, string | readonly string[]> = Object.create(null)
  readonly #request: IncomingMessage
  readonly #parser: ReturnType<typeof parserOf>
  readonly #watch: NodeJS.Timeout
  readonly #waiting: UploadedFile[] = []
  readonly #open = new Set<UploadedFile['content']>()
  failure: Error | undefined
  #isOver = false
  #wake: () => void = () => undefined

  constructor(request: IncomingMessage, limits: UploadLimits) {
    this.#request = request
    this.#parser = parserOf(request, limits)
    this.#watch = this.#watched(limits)
    this.#parser
      .on('field', (name, value, _, isCut) => this.#take(name, value, isCut))
      .on('file', (field, content, name, _, type) => this.#offer({ field, name: name ?? '', type, content }))
      .on('filesLimit', () =>
        this.#fail(new TooLarge('http.too_many_files', 'The form brings more than {most} files.', { most: limits.mostFiles })),
      )
      .on('fieldsLimit', () =>
        this.#fail(new TooLarge('http.form_too_large', 'The form has more than {most} fields.', { most: mostFields })),
      )
      .on('error', (cause) => this.#fail(broken(cause)))
      .on('finish', () => {
        this.#isOver = true
        this.#wake()
      })
    request.on('close', this.#closed)
    request.pipe(this.#parser)
  }

  async next(): Promise<UploadedFile | undefined> {
    for (;;) {
      if (this.failure) throw this.failure
      const file = this.#waiting.shift()
      if (file || this.#isOver) return file
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async *from(first: UploadedFile | undefined): AsyncGenerator<UploadedFile> {
    for (let file = first; file; file = await this.next()) {
      yield file
      if (!file.content.readableEnded) file.content.resume()
    }
  }

  /**
   * A browser that is refused while it sends must have sent, or it shows no answer: so the rest is passed over, as much of it as one
   * can be patient for.
   */
  async end(): Promise<void> {
    const request = this.#request
    this.#release()
    if (request.complete || request.destroyed) return
    request.resume()
    const gone = new AbortController()
    const done = () => gone.abort()
    request.once('end', done).once('close', done)
    await after(patienceForTheRestMs, undefined, { signal: gone.signal }).catch(() => undefined)
  }

  #take(name: string, value: string, isCut: boolean): void {
    const before = this.fields[name]
    if (isCut) this.#fail(new TooLarge('http.field_too_large', 'The field {name} holds more than {most} bytes.', { name, most: mostBytes }))
    // The parser reads what is no UTF-8 as replacement characters.
    else if (/[\0\ufffd]/.test(name + value)) this.#fail(new BadRequest('http.not_utf8', 'The body is not UTF-8 text.'))
    else this.fields[name] = before === undefined ? value : [before, value].flat()
  }

  #offer(file: UploadedFile): void {
    // Nobody may be reading it when it fails. A form that ends in the middle is told to the file that it ends in.
    file.content.on('error', (cause: Error) => (/multipart data/.test(cause.message) ? this.#fail(broken(cause)) : undefined))
    // An input of a form in which nothing was chosen.
    if (file.name === '') file.content.resume()
    else this.#waiting.push(file)
    this.#open.add(file.content.once('close', () => this.#open.delete(file.content)))
    this.#wake()
  }

  #watched({ mostMilliseconds, leastBytesPerSecond, patienceMs }: UploadLimits): NodeJS.Timeout {
    const { socket } = this.#request
    const [begun, before] = [performance.now(), socket.bytesRead]
    const look = () => {
      const passed = performance.now() - begun
      if (passed > mostMilliseconds)
        this.#fail(
          new TooSlow('http.upload_too_long', 'The upload took longer than {minutes} minutes.', { minutes: mostMilliseconds / 60_000 }),
        )
      else if (passed > patienceMs && socket.bytesRead - before < (leastBytesPerSecond * passed) / 1000)
        this.#fail(
          new TooSlow('http.upload_too_slow', 'The upload came more slowly than {least} bytes a second.', { least: leastBytesPerSecond }),
        )
    }
    return setInterval(look, Math.min(1_000, patienceMs)).unref()
  }

  readonly #closed = (): void => {
    if (!this.#request.complete) this.#fail(new BadRequest('http.aborted', 'The request ended before its body did.'))
  }

  #fail(error: Error): void {
    if (this.failure) return
    this.failure = error
    this.#release()
    for (const content of this.#open) content.destroy(error)
    this.#wake()
  }

  #release(): void {
    clearInterval(this.#watch)
    this.#request.off('close', this.#closed)
    this.#request.unpipe(this.#parser)
  }
}

const mostBytes = 262_144
const mostFields = 100
const patienceForTheRestMs = 5_000

function parserOf({ headers }: IncomingMessage, { mostFiles }: UploadLimits) {
  try {
    return new Busboy({
      headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
      limits: { fieldSize: mostBytes, fields: mostFields, files: mostFiles, headerPairs: 20, headerSize: 8_192 },
    })
  } catch (cause) {
    throw broken(cause)
  }
}

function broken(cause: unknown): BadRequest {
  return new BadRequest('http.broken_form', 'The form ends in the middle or is not one.', {}, { cause })
}
