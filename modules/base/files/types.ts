/** What a file is: what its first bytes say, where they say it, before what its sender says. */

const unknownType = 'application/octet-stream'
/** How many bytes `typeOf` looks at. */
export const telling = 16

/** What the content begins with decides; an image that does not begin like one is none. */
export function typeOf(declared: string, head: Uint8Array): string {
  const begins = Buffer.from(head).toString('latin1')
  const seen = known.find(({ at = 0, sign }) => begins.startsWith(sign, at))?.type
  if (seen !== undefined) return seen
  const said = declared.split(';', 1)[0]!.trim().toLowerCase()
  return /^[a-z]+\/[a-z0-9.+-]{1,80}$/.test(said) && !said.startsWith('image/') && !known.some(({ type }) => type === said)
    ? said
    : unknownType
}

const known: readonly { readonly at?: number; readonly sign: string; readonly type: string }[] = [
  { sign: '\x89PNG\r\n\x1a\n', type: 'image/png' },
  { sign: '\xff\xd8\xff', type: 'image/jpeg' },
  { sign: 'GIF8', type: 'image/gif' },
  { sign: 'WEBP', at: 8, type: 'image/webp' },
  { sign: '%PDF-', type: 'application/pdf' },
  { sign: 'MZ', type: 'application/x-msdownload' },
  { sign: '\x7fELF', type: 'application/x-executable' },
]

/** A program, whatever it calls itself. */
export const isProgram = (type: string): boolean => type === 'application/x-msdownload' || type === 'application/x-executable'

/** What a browser shows by itself as a picture, and nothing else. */
const isPicture = (type: string): boolean => /^image\/(png|jpeg|gif|webp)$/.test(type)

/** What a browser is told: nothing that it could run or draw as a page. */
export function servedType(type: string): string {
  return isPicture(type) ||
    /^(application\/(pdf|zip|msword|json|vnd\.[\w.+-]+)|text\/(plain|csv)|audio\/[\w.-]+|video\/[\w.-]+)$/.test(type)
    ? type.endsWith('+xml')
      ? unknownType
      : type
    : unknownType
}
