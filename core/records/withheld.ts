/** Records that a disabled module shipped: they stay where they are used, and nobody can choose them anew. */
import type { Rows } from '../database/connection.ts'
import { shippedId } from '../model/shipped.ts'

export interface Withheld {
  /** Their ids; another list when there are others. */
  readonly ids: readonly string[]
  /** The disabled module that shipped the record; undefined for every record that may be chosen. */
  moduleOf(id: string): string | undefined
  /** After an operation on the modules. */
  lookAgain(): Promise<void>
}

type Run = (text: string) => Promise<Rows>

export async function withheldRecords(run: Run): Promise<Withheld> {
  let modules: ReadonlyMap<string, string> = new Map()
  let ids: readonly string[] = []
  const lookAgain = async (): Promise<void> => {
    const rows = await shippedByDisabled(run)
    modules = new Map(rows.map(({ key, module }) => [shippedId(String(key)), String(module)]))
    ids = [...modules.keys()]
  }
  await lookAgain()
  return {
    get ids() {
      return ids
    },
    moduleOf: (id) => modules.get(id),
    lookAgain,
  }
}

async function shippedByDisabled(run: Run): Promise<Rows> {
  const [known] = await run(`select to_regclass('tessera_shipped') is not null and to_regclass('tessera_module') is not null as exists`)
  if (!known?.exists) return []
  // As JSON, because an older database lacks the newer columns.
  return run(`select s.key, m.name as module from tessera_shipped s join tessera_module m on m.name = to_jsonb(s)->>'module'
    where to_jsonb(m)->>'state' = 'disabled'`)
}
