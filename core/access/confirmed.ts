/** What an open browser alone may not do: whoever sits down at it must first show that it is he. */
import { Forbidden } from '../errors.ts'
import type { Context } from './caller.ts'

/** How long signing in, or confirming, is good for. */
const confirmedMs = 10 * 60_000

/** True for programs and the command line too: they show who they are each time. */
export function isConfirmed({ credential, now }: Pick<Context, 'credential' | 'now'>): boolean {
  return credential?.kind !== 'session' || now.getTime() - credential.confirmedAt.getTime() < confirmedMs
}

/** Refuses (403 `access.confirm`) a session whose user signed in, or confirmed that it is he, longer ago than ten minutes. */
export function demandConfirmed(context: Pick<Context, 'credential' | 'now'>): void {
  if (!isConfirmed(context))
    throw new Forbidden('access.confirm', 'Confirm that it is you: this is only done within ten minutes of signing in or confirming it.')
}
