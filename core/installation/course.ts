/** The course of an operation: what was agreed to, and when each of its steps began. */
import type { Plan } from './plan.ts'
import type { Query } from './state.ts'

export interface Course {
  /** Undefined before its process has made the plan anew, and where an earlier version of Tessera did it. */
  readonly plan: Plan | undefined
  /** `doing` in English, as it is named in plans: `create table program`. */
  readonly steps: readonly { readonly doing: string; readonly at: Date }[]
}

export async function readCourse(query: Query, id: string): Promise<Course> {
  // As JSON, because an older database lacks the newer columns.
  const [row] = await query('select to_jsonb(o) as operation from tessera_operation o where id = $1', [id])
  const { plan, log } = (row?.operation ?? {}) as { plan?: Plan | null; log?: readonly { doing: string; at: string }[] }
  return { plan: plan ?? undefined, steps: (log ?? []).map(({ doing, at }) => ({ doing, at: new Date(at) })) }
}
