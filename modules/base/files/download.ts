import type { Reply, Request } from '@tessera/core'
import type { OpenedFile } from '../attachments.service.ts'
import { asDownload } from './file-name.ts'
import type { Part } from './storage.ts'
import { servedType } from './types.ts'

/**
 * A file as a download, never as a page: whatever it is, a browser neither runs nor draws it. Kept by nobody but its reader, who asks
 * each time whether he still may; of one range only what was asked for is sent.
 */
export function download({ headers }: Pick<Request, 'headers'>, { file, content }: OpenedFile): Reply {
  const etag = `"${file.hash}"`
  const about = {
    'content-type': servedType(file.type),
    'content-disposition': asDownload(file.name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    // What is compressed on the way has no ranges.
    'cache-control': 'private, no-cache, no-transform',
    'accept-ranges': 'bytes',
    etag,
    'last-modified': file.createdAt.toUTCString(),
  }
  const reply = { kind: 'reply', body: '', cookies: {} } as const
  if (namesIt(headers['if-none-match'], etag)) return { ...reply, status: 304, headers: about }
  const wanted = headers['if-range'] === undefined || headers['if-range'] === etag ? headers.range : undefined
  const part = wanted === undefined ? undefined : partOf(wanted, file.size)
  if (part === 'beyond') return { ...reply, status: 416, headers: { ...about, 'content-range': `bytes */${file.size}` } }
  const { first, last } = part ?? { first: 0, last: file.size - 1 }
  return {
    ...reply,
    status: part ? 206 : 200,
    headers: {
      ...about,
      'content-length': String(last - first + 1),
      ...(part && { 'content-range': `bytes ${first}-${last}/${file.size}` }),
    },
    pieces: piecesOf(() => content(part)),
  }
}

/** Opened when the first piece is wanted: nobody wants one who asks for the head alone. */
async function* piecesOf(open: () => ReturnType<OpenedFile['content']>): AsyncGenerator<Uint8Array> {
  const content = await open()
  if (!content) throw new Error('The content of a file went away while it was asked for.')
  yield* content
}

function namesIt(given: string | undefined, etag: string): boolean {
  return given !== undefined && (given.trim() === '*' || given.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
}

/** One range; what asks for several, or is none, is answered with all. */
function partOf(range: string, size: number): Part | 'beyond' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range.trim()) ?? []
  if (from === '' && to === '') return undefined
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (from !== '' && to !== '' && Number(to) < first) return undefined
  return first >= size || last < first ? 'beyond' : { first, last }
}
