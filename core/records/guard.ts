/** What refuses a write besides the rules: guards of the model, and that somebody only looks. */
import type { Credential } from '../access/caller.ts'
import { Forbidden } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { GuardedWrite } from '../model/types.ts'
import type { Writing } from './writing.ts'

/** Asks every guard of the model, unless the system itself writes. */
export async function askGuards({ system, services }: Writing, model: ModelMeta, write: GuardedWrite): Promise<void> {
  if (system) return
  for (const guard of model.guards) await guard(write, services)
}

/**
 * Whoever looks as another user changes nothing, whatever the code that he comes to would write for him; only what the system does
 * in nobody's name goes on.
 */
export function refuseLooking({ services: { context } }: Writing): void {
  if (!isLooking(context.credential) || context.caller.id === null) return
  throw onlyLooking(context.caller.name)
}

/** Whether somebody looks at the application as another user. */
export function isLooking(credential: Credential | undefined): boolean {
  return credential?.kind === 'session' && credential.viewedBy !== undefined
}

/** Said at every door where somebody who only looks would change something. */
export function onlyLooking(name: string): Forbidden {
  return new Forbidden(
    'access.only_looking',
    'You are looking as {name}, and nothing that you do here changes anything.',
    { name },
    { hint: 'Stop looking, then do it as yourself.' },
  )
}
