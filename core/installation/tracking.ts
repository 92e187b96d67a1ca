/** How far an operation is, for others to watch: written outside its transaction. */
import { v7 } from 'uuid'
import type { Connection } from '../database/connection.ts'
import { UserError } from '../errors.ts'
import type { Plan } from './plan.ts'

/** Where the archive of what went is, and the backup that was made first. */
export interface Files {
  readonly archive?: string | undefined
  readonly backup?: string | undefined
}

export interface Tracking {
  step(step: number, steps: number, doing: string): Promise<void>
  /** With the files that were written. */
  done(plan: Plan, files: Files): Promise<void>
  failed(error: unknown): Promise<void>
}

/** Begins a row of `tessera_operation`, or goes on with the one that whoever asked for it has begun. */
export async function tracking(
  { connection }: { readonly connection: Connection },
  plan: Plan,
  askedBy: string | undefined,
  id: string = v7(),
): Promise<Tracking> {
  const { verb, names } = plan.operation
  await connection.run(
    `insert into tessera_operation (id, verb, names, digest, asked_by) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set digest = excluded.digest, updated_at = now()`,
    [id, verb, names, plan.digest, askedBy ?? null],
  )
  return {
    async step(step, steps, doing) {
      const text = 'update tessera_operation set step = $2, steps = $3, doing = $4, updated_at = now() where id = $1'
      await connection.run(text, [id, step, steps, doing])
    },
    async done({ modules }, files) {
      const text = `update tessera_operation set state = 'done', result = $2, updated_at = now(), ended_at = now() where id = $1`
      await connection.run(text, [id, JSON.stringify({ modules, files })])
    },
    async failed(error) {
      // What went wrong must not be hidden by a database that is gone.
      await connection.run(...failure(id, error)).catch(() => undefined)
    },
  }
}

/** The statement that notes a failure, with its values; one that is noted already stays. */
export function failure(id: string, error: unknown): [text: string, values: readonly unknown[]] {
  const said = error instanceof Error ? error.message : String(error)
  const about = error instanceof UserError ? { code: error.code, values: error.values, hint: error.hint } : {}
  const text = `update tessera_operation set state = 'failed', error = $2, result = $3, updated_at = now(), ended_at = now()
                 where id = $1 and state = 'running'`
  return [text, [id, said, JSON.stringify(about)]]
}
