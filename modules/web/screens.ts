/**
 * What every screen shows, as plain data. The server half fills these in, the templates only lay them out.
 *
 * Three rules hold everywhere:
 * - Texts are ready to read: translated, formatted for the reader's locale, not escaped (the renderer escapes).
 * - An `href` is a relative or http(s), mailto or tel address; anything else is rendered without a link.
 * - An `icon` is a name from `@tabler/icons` (outline) that the sprite was built with.
 */
import type { CalendarScreen } from './screens/calendar.ts'
import type { ConfirmScreen } from './screens/confirm.ts'
import type { ContentScreen, OpenScreen } from './screens/content.ts'
import type { DashboardScreen } from './screens/dashboard.ts'
import type { CodeScreen, FirstRunScreen, InvitationScreen, LinkScreen, ProofScreen, SignInScreen } from './screens/entrance.ts'
import type { ErrorScreen } from './screens/error.ts'
import type { GraphScreen, PivotScreen } from './screens/figures.ts'
import type { FormScreen } from './screens/form.ts'
import type { KanbanScreen } from './screens/kanban.ts'
import type { ListScreen } from './screens/list.ts'

export type * from './screens/calendar.ts'
export type * from './screens/cells.ts'
export type * from './screens/confirm.ts'
export type * from './screens/content.ts'
export type * from './screens/dashboard.ts'
export type * from './screens/entrance.ts'
export type * from './screens/error.ts'
export type * from './screens/fields.ts'
export type * from './screens/figures.ts'
export type * from './screens/files.ts'
export type * from './screens/form.ts'
export type * from './screens/frame.ts'
export type * from './screens/kanban.ts'
export type * from './screens/list.ts'
export type * from './screens/palette.ts'
export type * from './screens/refused.ts'
export type * from './screens/talk.ts'

/** Every screen that can be rendered, by the name of its template. */
export interface Screens {
  readonly content: ContentScreen
  readonly dashboard: DashboardScreen
  readonly open: OpenScreen
  readonly list: ListScreen
  readonly form: FormScreen
  readonly kanban: KanbanScreen
  readonly graph: GraphScreen
  readonly pivot: PivotScreen
  readonly calendar: CalendarScreen
  readonly 'sign-in': SignInScreen
  readonly 'first-run': FirstRunScreen
  readonly link: LinkScreen
  readonly invitation: InvitationScreen
  readonly code: CodeScreen
  readonly proof: ProofScreen
  readonly error: ErrorScreen
  readonly confirm: ConfirmScreen
}
