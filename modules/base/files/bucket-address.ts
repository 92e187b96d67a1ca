import { UserError } from '@tessera/core'

/** A bucket of S3, or of whatever speaks like it. */
export interface BucketAddress {
  /** Up to the bucket and what its keys begin with: `https://s3.eu-west-1.amazonaws.com/desk/files/`. */
  readonly base: URL
  readonly prefix: string
  readonly bucket: URL
  readonly region: string
  readonly key: string
  readonly secret: string
}

/**
 * From ATTACHMENTS, such as `s3://bucket/folder?region=eu-west-1&endpoint=https://minio.example.org`, with ATTACHMENTS_KEY and
 * ATTACHMENTS_SECRET, each also as a file. Undefined where nothing is said.
 */
export function bucketAddress(variable: (name: string) => string | undefined): BucketAddress | undefined {
  const said = variable('ATTACHMENTS')
  if (said === undefined) return undefined
  const [key, secret] = [variable('ATTACHMENTS_KEY'), variable('ATTACHMENTS_SECRET')]
  const address = URL.canParse(said) ? new URL(said) : undefined
  const region = address?.searchParams.get('region') || 'us-east-1'
  const endpoint = address?.searchParams.get('endpoint') || `https://s3.${region}.amazonaws.com`
  if (address?.protocol !== 's3:' || address.host === '' || !/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new UserError(
      'base.files_address',
      'ATTACHMENTS must be an address like s3://bucket?region=eu-west-1&endpoint=https://minio.example.org.',
    )
  if (key === undefined || secret === undefined)
    throw new UserError('base.files_keys', 'ATTACHMENTS names a bucket, which takes ATTACHMENTS_KEY and ATTACHMENTS_SECRET as well.')
  const folder = address.pathname.replace(/^\/+|\/+$/g, '')
  const prefix = folder === '' ? '' : `${folder}/`
  const bucket = new URL(`${endpoint.replace(/\/+$/, '')}/${address.host}`)
  return { base: new URL(`${bucket.href}/${prefix}`), bucket, prefix, region, key, secret }
}
