import type { AuditEntry } from './audit-entry.model.ts'

/** A sentence of the catalogues, for whichever reader: its code, and what fills its places. */
export interface Said {
  readonly code: string
  readonly values: Readonly<Record<string, string | number | Said>>
}

interface Told {
  readonly kind: AuditEntry['kind']
  readonly actor: { readonly name: string } | null
  readonly actorKey: string | null
  readonly subject: { readonly name: string } | null
  readonly subjectKey: string | null
  readonly record: string | null
  readonly door: string
  readonly details: unknown
}

/** What an entry says: who did what, to whom. */
export function saidOf({ kind, actor, actorKey, subject, subjectKey, record, door, details: given }: Told): Said {
  const details = (given ?? {}) as Readonly<Record<string, unknown>>
  return {
    code: `base.audit.says.${kind}`,
    values: {
      who: actor?.name ?? say(actorKey ? 'removed_who' : door === 'cli' ? 'operator' : outside.has(door) ? 'nobody' : 'system'),
      whom: subject?.name ?? say(subjectKey ? 'removed_user' : 'unknown_user'),
      own: actorKey !== null && actorKey === subjectKey ? 'yes' : 'no',
      what: nameIn(details) ?? record ?? '',
      records: recordsIn(details),
      count: typeof details.count === 'number' ? details.count : 0,
      change: typeof details.change === 'string' ? details.change : 'other',
    },
  }
}

const outside = new Set(['web', 'api'])

function say(code: string): Said {
  return { code: `base.audit.${code}`, values: {} }
}

function nameIn({ name, role, names, report }: Readonly<Record<string, unknown>>): string | undefined {
  if (Array.isArray(names)) return names.join(', ')
  return [role, name, report].find((each) => typeof each === 'string')
}

/** The records that a rule or an export is about, as the reader calls them. */
function recordsIn({ model }: Readonly<Record<string, unknown>>): Said {
  return typeof model === 'string' && model !== '' ? { code: `${model}.plural`, values: {} } : say('named_rights')
}
