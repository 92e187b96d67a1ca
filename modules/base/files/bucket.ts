/** Files in a bucket: each under its SHA-256. Its operator keeps copies of it; a backup of the database has none of them. */
import { openAsBlob } from 'node:fs'
import { Readable } from 'node:stream'
import { UserError } from '@tessera/core'
import { AwsClient } from 'aws4fetch'
import type { BucketAddress } from './bucket-address.ts'
import { withComing } from './coming.ts'
import { type FileStorage, isHash } from './storage.ts'

/** A content lies in `coming` until its length and name are known, which the bucket wants to know first. */
export function bucketStorage({ base, bucket, prefix, region, key, secret }: BucketAddress, coming: string): FileStorage {
  const client = new AwsClient({ accessKeyId: key, secretAccessKey: secret, region, service: 's3', retries: 0 })
  const ask = async (address: URL, init: RequestInit = {}, ok: readonly number[] = [200]): Promise<Response> => {
    const answer = await client
      .fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(longestMs) })
      .catch((cause: unknown) => Promise.reject(new Unavailable('base.files_unavailable', sentence, {}, { cause })))
    if (ok.includes(answer.status)) return answer
    const reason = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? 'no reason'
    const cause = new Error(`The bucket answered ${init.method ?? 'GET'} with ${answer.status}: ${reason}.`)
    throw new Unavailable('base.files_unavailable', sentence, {}, { cause })
  }
  const at = (hash: string) => {
    if (!isHash(hash)) throw new TypeError(`"${hash}" is no SHA-256.`)
    return new URL(hash, base)
  }
  return {
    keep: (content) =>
      withComing(coming, content, async (path, kept) => {
        const headers = { 'content-type': 'application/octet-stream', 'x-amz-content-sha256': kept.hash }
        await (await ask(at(kept.hash), { method: 'PUT', body: await openAsBlob(path), headers })).body?.cancel()
        return kept
      }),
    has: async (hash) => isHash(hash) && (await ask(at(hash), { method: 'HEAD' }, [200, 404])).status === 200,
    async open(hash, part) {
      const headers = part && { range: `bytes=${part.first}-${part.last}` }
      const { status, body } = await ask(at(hash), headers && { headers }, [200, 206, 404])
      if (status !== 404 && body) return Readable.fromWeb(body)
      await body?.cancel()
      return undefined
    },
    async *all() {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = new URL(bucket)
        page.search = String(new URLSearchParams({ 'list-type': '2', prefix, ...(after && { 'continuation-token': after }) }))
        const text = await (await ask(page)).text()
        for (const [, entry = ''] of text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
          const hash = inside(entry, 'Key').slice(prefix.length)
          if (isHash(hash)) yield { hash, at: new Date(inside(entry, 'LastModified')) }
        }
        after = inside(text, 'NextContinuationToken') || undefined
      }
    },
    async forget(hash) {
      await (await ask(at(hash), { method: 'DELETE' }, [200, 204, 404])).body?.cancel()
    },
  }
}

/** As long as the longest upload. */
const longestMs = 600_000
const sentence = 'The place where files are kept does not answer at the moment; try again in a minute.'

class Unavailable extends UserError {
  override readonly status: number = 503
}

function inside(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll('&amp;', '&') ?? ''
}
