/** Where contents are kept: a folder, and a bucket behind a real server that speaks as S3 does. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bucketAddress } from './bucket-address.ts'
import { type FileStorage, storageOf } from './storage.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'tessera-files-'))
const objects = new Map<string, { readonly content: Buffer; readonly at: Date }>()
const asked: { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers'] }[] = []
let server: Server
let bucket: FileStorage
const folder = storageOf({ dataDir, variable: () => undefined })

beforeAll(async () => {
  server = createServer(async (request, answer) => {
    const url = new URL(request.url!, 'http://s3')
    asked.push({ method: request.method!, path: url.pathname + url.search, headers: request.headers })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const found = objects.get(url.pathname)
    const isSigned =
      /^AWS4-HMAC-SHA256 Credential=desk\/\d{8}\/eu-west-1\/s3\/aws4_request, SignedHeaders=[\w;-]*host[\w;-]*, Signature=[0-9a-f]{64}$/.test(
        request.headers.authorization ?? '',
      )
    if (!isSigned) return answer.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
    if (request.method === 'PUT') objects.set(url.pathname, { content: Buffer.concat(chunks), at: new Date() })
    else if (request.method === 'DELETE') objects.delete(url.pathname)
    else if (url.searchParams.has('list-type')) return answer.end(listed(url.searchParams))
    else if (!found) return answer.writeHead(404).end()
    else {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      if (first === undefined) return answer.end(found.content)
      return answer.writeHead(206).end(found.content.subarray(Number(first), Number(last) + 1))
    }
    answer.writeHead(request.method === 'DELETE' ? 204 : 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const said: Record<string, string> = {
    ATTACHMENTS: `s3://desk/files?region=eu-west-1&endpoint=http://127.0.0.1:${port}`,
    ATTACHMENTS_KEY: 'desk',
    ATTACHMENTS_SECRET: 'a secret of the bucket',
  }
  bucket = storageOf({ dataDir, variable: (name) => said[name] })
})
afterAll(async () => {
  rmSync(dataDir, { recursive: true })
  await new Promise((resolve) => server.close(resolve))
})

/** One at a time, as a bucket may. */
function listed(query: URLSearchParams): string {
  const keys = [...objects.keys()]
    .map((path) => path.replace('/desk/', ''))
    .filter((key) => key.startsWith(query.get('prefix')!))
    .sort()
  const from = Number(query.get('continuation-token') ?? 0)
  const key = keys[from]
  const next = from + 1 < keys.length ? `<NextContinuationToken>${from + 1}</NextContinuationToken>` : ''
  const entry = key
    ? `<Contents><Key>${key}</Key><LastModified>${objects.get(`/desk/${key}`)!.at.toISOString()}</LastModified></Contents>`
    : ''
  return `<?xml version="1.0"?><ListBucketResult>${entry}${next}</ListBucketResult>`
}

const content = randomBytes(300_000)
const hash = createHash('sha256').update(content).digest('hex')
async function* inPieces(whole: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += 10_000) yield whole.subarray(at, at + 10_000)
}
const read = async (storage: FileStorage, name: string, part?: { first: number; last: number }) => {
  const pieces = await storage.open(name, part)
  if (!pieces) return undefined
  const chunks: Uint8Array[] = []
  for await (const piece of pieces) chunks.push(piece)
  return Buffer.concat(chunks)
}
const all = async (storage: FileStorage) => {
  const found: string[] = []
  for await (const each of storage.all()) found.push(each.hash)
  return found.sort()
}

describe.each([
  ['A folder', () => folder],
  ['A bucket', () => bucket],
] as const)('%s', (_, storage) => {
  it('keeps a content under its SHA-256, once, and gives it back whole or in part', async () => {
    expect(await storage().keep(inPieces(content))).toEqual({ hash, size: 300_000 })
    expect(await storage().keep(inPieces(content))).toEqual({ hash, size: 300_000 })
    expect(await storage().has(hash)).toBe(true)
    expect((await read(storage(), hash))!.equals(content)).toBe(true)
    expect(await read(storage(), hash, { first: 5, last: 9 })).toEqual(content.subarray(5, 10))
    const { hash: other } = await storage().keep(inPieces(Buffer.from('other')))
    expect(await all(storage())).toEqual([hash, other].sort())
    expect(readdirSync(join(dataDir, 'files-coming'))).toEqual([])
  })

  it('keeps nothing of what ends before its end', async () => {
    async function* half() {
      yield Buffer.from('half of')
      throw new Error('The sender left.')
    }
    const before = await all(storage())
    await expect(storage().keep(half())).rejects.toThrow('The sender left.')
    expect(await all(storage())).toEqual(before)
    expect(readdirSync(join(dataDir, 'files-coming'))).toEqual([])
  })

  it('forgets, and has not what it never had', async () => {
    await storage().forget(hash)
    await storage().forget(hash)
    expect([await storage().has(hash), await read(storage(), hash)]).toEqual([false, undefined])
    expect(await all(storage())).not.toContain(hash)
  })

  it('takes no path for a name', async () => {
    expect(await storage().has('../secret')).toBe(false)
    for (const name of ['../secret', '', `${hash}/..`]) await expect(async () => storage().open(name)).rejects.toThrow('is no SHA-256')
  })
})

describe('The folder', () => {
  it('is its owner’s alone', async () => {
    const { hash: name } = await folder.keep(inPieces(Buffer.from('private')))
    const path = join(dataDir, 'files', name.slice(0, 2), name)
    expect([statSync(path).mode & 0o777, statSync(join(dataDir, 'files', name.slice(0, 2))).mode & 0o777]).toEqual([0o600, 0o700])
  })

  it('holds nothing that is no content: what lies there besides is left alone', async () => {
    const before = await all(folder)
    writeFileSync(join(dataDir, 'files', 'readme.txt'), 'x')
    expect(await all(folder)).toEqual(before)
  })
})

describe('The bucket', () => {
  it('is asked with a signature each time, and told the length and the checksum of what it gets', async () => {
    await bucket.keep(inPieces(content))
    const put = asked.findLast(({ method }) => method === 'PUT')!
    expect(put.path).toBe(`/desk/files/${hash}`)
    expect(put.headers).toMatchObject({
      'content-length': '300000',
      'x-amz-content-sha256': hash,
      'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
    })
    expect(asked.every(({ headers }) => headers.authorization?.includes('Signature='))).toBe(true)
  })

  it('that refuses is an error on our side, which names no key', async () => {
    const { port } = server.address() as { port: number }
    const said: Record<string, string> = {
      ATTACHMENTS: `s3://desk?region=eu-west-1&endpoint=http://127.0.0.1:${port}`,
      ATTACHMENTS_KEY: 'stranger',
      ATTACHMENTS_SECRET: 'x',
    }
    const stranger = storageOf({ dataDir, variable: (name) => said[name] })
    const error: Error = (await stranger.keep(inPieces(content)).catch((thrown: Error) => thrown)) as Error
    expect(error).toMatchObject({ status: 503, code: 'base.files_unavailable' })
    expect(String((error.cause as Error).message)).toBe('The bucket answered PUT with 403: AccessDenied.')
  })

  it.each([
    [{ ATTACHMENTS: 'desk' }, 'base.files_address'],
    [{ ATTACHMENTS: 's3://desk?endpoint=ftp://a' }, 'base.files_address'],
    [{ ATTACHMENTS: 's3://desk', ATTACHMENTS_KEY: 'desk' }, 'base.files_keys'],
  ])('needs an address and keys: %j', (said: Readonly<Record<string, string>>, code) => {
    expect(() => bucketAddress((name) => said[name])).toThrow(expect.objectContaining({ code }))
  })
})
