import { NotFound, type Reply, type Request, type Services } from '@tessera/core'
import type { Asset, Encoding } from '../assets.ts'
import { assetsOf } from './kept.ts'

/** A file for browsers. Its address changes with its content, so that a browser asks for it once. */
export async function assetPage({ path, headers }: Request, { app }: Services): Promise<Reply> {
  const asset = assetsOf(app).files.get(path)
  if (!asset) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const accepted = headers['accept-encoding'] ?? ''
  const encoding = smallest(asset, accepted)
  return {
    kind: 'reply',
    status: 200,
    cookies: {},
    body: (encoding && (await asset.packed?.(encoding))) ?? asset.body,
    headers: {
      'content-type': asset.type,
      'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
      'content-security-policy': policy,
      etag: encoding ? asset.etag.replace(/"$/, `-${encoding}"`) : asset.etag,
      ...(encoding && { 'content-encoding': encoding }),
    },
  }
}

/** Of a file only a worker obeys it, which loads scripts and asks the server; that of pages is three times as long, on each of the files of a first page. */
const policy = "default-src 'none';script-src 'self';connect-src 'self'"

/** The smallest form that the browser takes. */
function smallest({ packed }: Asset, accepted: string): Encoding | undefined {
  if (!packed) return undefined
  if (/\bbr\b/.test(accepted)) return 'br'
  return /\bgzip\b/.test(accepted) ? 'gzip' : undefined
}
