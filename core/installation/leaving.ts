/** Which tables and columns go with an operation, and which are only left behind by a newer version. */
import { ownFieldsModule } from '../module/own-field.ts'
import type { Manifest, ManifestTable } from './manifest.ts'
import type { Operation } from './plan.ts'
import type { InstalledModule } from './state.ts'

/** Of tables and columns, by table; of one that is `whole`, all its columns. */
export type Gone = Readonly<Record<string, ManifestTable & { readonly whole: boolean }>>

export interface Leaving {
  /** Dropped by the operation. */
  readonly leaves: Gone
  /** Nobody declares it any more, but its module stays: it is kept until somebody purges it. */
  readonly left: Gone
}

interface About {
  readonly before: Manifest | undefined
  readonly after: Manifest
  readonly installed: readonly InstalledModule[]
  readonly staying: readonly InstalledModule[]
  readonly operation: Operation
}

export function leavingOf({ before, after, installed, staying, operation }: About): Leaving {
  const all = goneBetween(both(before?.left ?? {}, before?.tables ?? {}), after.tables)
  if (operation.verb === 'purge') return { leaves: all, left: {} }
  const versions = new Map(installed.map(({ name, version }) => [name, version]))
  const stays = new Map(staying.map(({ name, version }) => [name, version]))
  const goes = (module: string, table: string, column?: string): boolean => {
    if (!stays.has(module)) return true
    // Of the fields that administrators added, only one that was removed can be missing.
    if (operation.verb === 'field' && module === ownFieldsModule) return true
    // What a module brought only where the removed one was: its code is the same, so it did not drop it by itself.
    const known = before?.tables[table]
    const wasThere = column === undefined ? known !== undefined : known?.columns[column] !== undefined
    return operation.verb === 'uninstall' && wasThere && versions.get(module) === stays.get(module)
  }
  const part = (wanted: boolean): Gone =>
    Object.fromEntries(
      Object.entries(all).flatMap(([table, gone]): readonly (readonly [string, Gone[string]])[] => {
        if (gone.whole) return goes(gone.module, table) === wanted ? [[table, gone]] : []
        const columns = Object.entries(gone.columns).filter(([column, { module }]) => goes(module, table, column) === wanted)
        return columns.length === 0 ? [] : [[table, { ...gone, columns: Object.fromEntries(columns) }]]
      }),
    )
  return { leaves: part(true), left: part(false) }
}

/** What is in `before` and not in `after`. */
function goneBetween(before: Manifest['tables'], after: Manifest['tables']): Gone {
  return Object.fromEntries(
    Object.entries(before).flatMap(([table, known]): readonly (readonly [string, Gone[string]])[] => {
      const left = after[table]
      if (!left) return [[table, { ...known, whole: true }]]
      const columns = Object.entries(known.columns).filter(([column]) => !(column in left.columns))
      return columns.length === 0 ? [] : [[table, { ...known, columns: Object.fromEntries(columns), whole: false }]]
    }),
  )
}

function both(some: Manifest['tables'], others: Manifest['tables']): Manifest['tables'] {
  const tables: Record<string, ManifestTable> = { ...some }
  for (const [table, known] of Object.entries(others))
    tables[table] = { ...known, columns: { ...tables[table]?.columns, ...known.columns } }
  return tables
}
