import type { Request } from '@tessera/core'

/** What this module remembers in a browser. */
export const cookies = {
  theme: 'tessera-theme',
  language: 'tessera-language',
  density: 'tessera-density',
  toast: 'tessera-toast',
  undo: 'tessera-undo',
  folded: 'tessera-folded',
  recent: 'tessera-recent',
} as const

/** The value of a cookie that this module set; undefined when there is none. */
export function cookieIn({ headers }: Pick<Request, 'headers'>, name: string): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

/** Cookie values take few characters: everything else is percent-encoded. */
export const toCookie = (text: string): string => encodeURIComponent(text)

export function fromCookie(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
