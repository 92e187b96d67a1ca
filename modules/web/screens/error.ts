/** What could not be shown, and why. */
import type { Action, Frame, Shell } from './frame.ts'

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503

export interface ErrorScreen {
  /** The shell if somebody is signed in and it could be made, else the bare frame. */
  readonly shell: Frame | Shell
  readonly status: ErrorStatus
  /** Where the words of the status would say something else. */
  readonly title?: string
  /** A sentence about this very case; the general one of the status if absent. */
  readonly detail?: string
  readonly requestId: string
  /** The one thing to do next, and where else one may go. */
  readonly action: Action
  readonly other?: Action
}
