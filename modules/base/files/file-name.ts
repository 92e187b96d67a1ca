/** What a sender calls a file, fit to be shown and to be saved under: one line, no path, nothing that turns the writing round. */
export function fileName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? ''
  const clean = last
    .toWellFormed()
    .normalize('NFC')
    // Signs for directions make "gpj.exe" look like "exe.jpg".
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  if (clean.length <= longest) return clean || 'file'
  const ending = extensionOf(clean)
  const end = ending && ending.length <= 20 ? `.${ending}` : ''
  return `${clean
    .slice(0, longest - end.length)
    .toWellFormed()
    .replaceAll('\ufffd', '')
    .trimEnd()}${end}`
}

/** In lower case, without the dot; empty where there is none. */
export function extensionOf(name: string): string {
  return /\.([^.\s]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** `content-disposition` of a download: in ASCII for old programs, and as it is. */
export function asDownload(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const whole = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}

const longest = 200
