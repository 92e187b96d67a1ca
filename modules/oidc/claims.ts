/** What a provider says of somebody, taken with care: every value may be anything. */

export interface Person {
  readonly subject: string
  readonly name: string | undefined
  /** In small letters. */
  readonly email: string | undefined
  readonly isEmailVerified: boolean
  /** What the roles claim lists. */
  readonly values: ReadonlySet<string>
}

type Claims = Readonly<Record<string, unknown>>

/** Undefined when the subject is none that can be kept. */
export function personIn(
  claims: Claims,
  { rolesClaim, trustEmails }: { readonly rolesClaim: string | null; readonly trustEmails: boolean },
): Person | undefined {
  const { sub, email_verified } = claims
  if (typeof sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(sub)) return undefined
  return {
    subject: sub,
    name: textIn(claims.name, 200) ?? textIn(claims.preferred_username, 200),
    email: emailIn(claims.email),
    // Only what it says itself; silence counts where an administrator has decided so.
    isEmailVerified: email_verified === true || (email_verified === undefined && trustEmails),
    values: new Set(rolesClaim === null ? [] : listIn(valueAt(claims, rolesClaim))),
  }
}

/** `groups`, `realm_access.roles`, or a name that itself has dots, such as an address. */
function valueAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  let value: unknown = claims
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Claims)[step]
  }
  return value
}

function listIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** As it stands there, or not at all: what was cleaned could be somebody else's. In letters that have one small form only. */
function emailIn(value: unknown): string | undefined {
  const isOne = typeof value === 'string' && value.length <= 254 && /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/.test(value)
  return isOne ? value.toLowerCase() : undefined
}

/** One line without what is not seen and turns the rest round; undefined when nothing is left. */
function textIn(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string') return undefined
  const line = value
    .toWellFormed()
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
  const text = line.slice(0, most).toWellFormed().trim()
  return text === '' ? undefined : text
}
