/** Where a ticket stands, in the customer's words. */

/** What of a status decides it. */
export interface Standing {
  readonly code: string
  readonly category: 'open' | 'paused' | 'closed'
  readonly outcome: 'success' | 'failure' | null
}
/** `joined`: it goes on in another one. */
export type State = 'joined' | 'received' | 'working' | 'asking' | 'waiting' | 'solved' | 'unsolved' | 'closed'

/** Statuses that an administrator adds count by their category; the two that say more to a customer are known by their codes. */
export function stateOf({ code, category, outcome }: Standing, mergedAt: Date | null = null): State {
  if (mergedAt !== null) return 'joined'
  if (category === 'closed') return outcome === 'success' ? 'solved' : outcome === 'failure' ? 'unsolved' : 'closed'
  if (category === 'paused') return code === 'pending' ? 'asking' : 'waiting'
  return code === 'new' ? 'received' : 'working'
}

export const isDone = (state: State): boolean => state === 'solved' || state === 'unsolved' || state === 'closed' || state === 'joined'

/** One step of the way, as the page draws it. */
export interface Step {
  readonly state: State
  readonly place: 'done' | 'now' | 'todo'
  readonly at: Date | undefined
}

/** When a ticket came to which state. */
export interface Passed {
  readonly createdAt: Date
  readonly closedAt: Date | null
  /** When it was first worked on, and when it came to where it stands. */
  readonly workedAt: Date | undefined
  readonly cameAt: Date | undefined
}

/** Received, worked on, perhaps waiting for somebody, done: what is behind, where it is, and what is still to come. */
export function stepsOf(state: State, { createdAt, closedAt, workedAt, cameAt }: Passed): readonly Step[] {
  const done = isDone(state)
  const isPaused = state === 'asking' || state === 'waiting'
  return [
    { state: 'received', place: state === 'received' ? 'now' : 'done', at: createdAt },
    { state: 'working', place: state === 'working' ? 'now' : state === 'received' ? 'todo' : 'done', at: workedAt },
    ...(isPaused ? [{ state, place: 'now', at: cameAt } as const] : []),
    { state: done ? state : 'solved', place: done ? 'done' : 'todo', at: closedAt ?? undefined },
  ]
}
