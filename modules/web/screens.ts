/**
 * What every screen shows, as plain data. The server half fills these in, the templates only lay them out.
 *
 * Three rules hold everywhere:
 * - Texts are ready to read: translated, formatted for the reader's locale, not escaped (the renderer escapes).
 * - An `href` is a relative or http(s), mailto or tel address; anything else is rendered without a link.
 * - An `icon` is a name from `@tabler/icons` (outline) that the sprite was built with.
 */

// ---------------------------------------------------------------------------------------------------------------- frame

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'compact' | 'normal' | 'comfortable'

/** What every page needs, also one that nobody signed in to see. */
export interface Frame {
  readonly organisation: string
  /** BCP 47, for `<html lang>`. */
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  readonly theme: Theme
  readonly density: Density
  /** Sent by every form as `_csrf`, by every script as header `x-csrf-token`. */
  readonly csrf: string
  /** For the one script element, if the policy asks for it; scripts come from 'self', so it may be left out. */
  readonly nonce?: string
  /** Shown on the sign-in page and in the user menu. */
  readonly version?: string
  /** Takes a POST of `theme`, `density` or `locale` and `back` (a path), sets the cookie and answers 303 to `back` (204 to a script). */
  readonly preferences?: string
  /** Languages to choose from; the menu is left out below two. */
  readonly languages?: readonly Language[]
  /** Said once after a redirect. */
  readonly toast?: Toast
  /** Somebody looks as this user, and stops by a POST. */
  readonly looking?: { readonly name: string; readonly stop: string }
}

export interface Language {
  readonly locale: string
  readonly label: string
}

export interface Toast {
  readonly text: string
  /** An error is never only in a toast: the page itself says it as well. */
  readonly tone?: 'info' | 'success' | 'error'
  /** "Undo", as a POST. */
  readonly undo?: Action
}

/** The frame of a signed-in member of staff: sidebar, bottom bar on a phone, user menu. */
export interface Shell extends Frame {
  readonly user: User
  readonly home: string
  readonly sections: readonly NavSection[]
  /** At most four places for the phone's bottom bar; the first four of `sections` if absent. The fifth is the menu. */
  readonly bottomBar?: readonly NavItem[]
  /** Where the search box of the sidebar sends `q` (GET); left out, there is no such box. */
  readonly search?: string
  /** Takes a POST. */
  readonly signOut: string
  /** Entries of the user menu above theme, density and sign-out. */
  readonly userMenu?: readonly NavItem[]
}

export interface User {
  readonly name: string
  readonly initials: string
  /** The role as the user knows it, for instance "Supervisor". */
  readonly role: string
  readonly tone?: PersonTone
}

export interface NavSection {
  readonly label?: string
  readonly items: readonly NavItem[]
  /** With a label, it can be folded; a script remembers that in a cookie. */
  readonly folded?: boolean
}

export interface NavItem {
  readonly label: string
  readonly href: string
  readonly icon?: string
  /** Already formatted ("771", "10,000+"). */
  readonly count?: string
  /** The count is a warning. */
  readonly alarming?: boolean
  readonly current?: boolean
}

export interface Crumb {
  readonly label: string
  /** Restores search, page and scroll of the place it leads to. */
  readonly href: string
}

/** A verb. `post` is a button, `get` a link (also to the page that asks for the action's input). */
export interface Action {
  readonly label: string
  readonly href: string
  readonly method: 'get' | 'post'
  readonly icon?: string
  /** One `primary` in a bar; `danger` has red words and edge. */
  readonly tone?: 'primary' | 'plain' | 'quiet' | 'danger'
  /** One key ("a"), shown on the button and in the sheet of shortcuts. */
  readonly hotkey?: string
  /** Sent along with a post. */
  readonly values?: readonly HiddenValue[]
  /** Leads to a page that asks before it acts; a script shows that page as a dialog over this one. */
  readonly asks?: boolean
}

export interface HiddenValue {
  readonly name: string
  readonly value: string
}

/** A screen inside the shell. */
export interface AppScreen {
  readonly shell: Shell
  /** The page's heading and window title. */
  readonly title: string
  /** The places above this one, outermost first, without this one. */
  readonly breadcrumbs: readonly Crumb[]
}

// ---------------------------------------------------------------------------------------------------------------- cells

/** What a table cell, a card's fact or a read-only field shows. */
export type Cell =
  | TextCell
  | NumberCell
  | DateCell
  | LinkCell
  | PersonCell
  | StatusCell
  | LevelCell
  | BadgeCell
  | TagsCell
  | BooleanCell
  | EmptyCell

export type Tone = 'red' | 'amber' | 'green' | 'grey' | 'accent'

/** The quiet ground of an avatar; never a meaning. `toneOf(name)` in `person.ts` picks it. */
export type PersonTone = 'a' | 'b' | 'c' | 'd' | 'e'

interface CellLook {
  /** Colours the words; say the reason in words as well (in `title` or in another cell). */
  readonly tone?: Tone
  readonly title?: string
  readonly icon?: string
}

export interface TextCell extends CellLook {
  readonly as: 'text'
  readonly text: string
  /** A number or code people read out: never cut off, never mirrored in Arabic. */
  readonly code?: boolean
  /** Keeps line breaks and wraps; for read-only long texts in a form. */
  readonly long?: boolean
  /** A small fact behind the text, for instance the number of messages. */
  readonly after?: { readonly icon: string; readonly text: string; readonly label: string }
}

export interface NumberCell extends CellLook {
  readonly as: 'number'
  /** Formatted, with the unit or currency if there is one. */
  readonly shown: string
}

export interface DateCell extends CellLook {
  readonly as: 'date'
  /** ISO 8601, for `<time datetime>`. */
  readonly iso: string
  /** Short or relative ("18 min"); the exact time belongs into `title`. */
  readonly shown: string
}

/** A related record, an address, a file. */
export interface LinkCell extends CellLook {
  readonly as: 'link'
  readonly label: string
  /** Absent when the reader may see the name but not the record. */
  readonly href?: string
}

export interface PersonCell extends CellLook {
  readonly as: 'person'
  readonly name: string
  readonly initials: string
  readonly href?: string
  readonly avatar?: PersonTone
}

export type StatusCategory = 'open' | 'paused' | 'closed'
export type Outcome = 'success' | 'failure'
/** new: dashed ring; active: half ring; waiting: clock hand; paused: two bars; success: tick; failure: cross. */
export type StatusGlyph = 'new' | 'active' | 'waiting' | 'paused' | 'success' | 'failure'

export interface StatusCell extends CellLook {
  readonly as: 'status'
  readonly label: string
  readonly category: StatusCategory
  /** Of a closed one; absent counts as success. */
  readonly outcome?: Outcome
  /** Absent, it follows from category and outcome: open is `active`, paused is `waiting`. */
  readonly glyph?: StatusGlyph
}

/** A level such as a priority: three rising bars, the fourth is a red tile. */
export interface LevelCell extends CellLook {
  readonly as: 'level'
  readonly level: 1 | 2 | 3 | 4
  readonly label: string
}

/** A fact with a ground: a deadline, "Draft", "Archived". Coloured ones need an icon. */
export interface BadgeCell extends CellLook {
  readonly as: 'badge'
  readonly label: string
  /** In a list only trouble has a ground: `plain` is icon and words alone. */
  readonly ground?: 'tone' | 'plain'
}

export interface TagsCell extends CellLook {
  readonly as: 'tags'
  readonly tags: readonly string[]
}

export interface BooleanCell extends CellLook {
  readonly as: 'boolean'
  readonly value: boolean
  /** "Yes" or "No", or better words; read aloud, and shown where there is room. */
  readonly label: string
}

export interface EmptyCell extends CellLook {
  readonly as: 'empty'
  /** "Unassigned"; a dash if absent. */
  readonly label?: string
  /** Draws the empty avatar. */
  readonly like?: 'person'
}

// ----------------------------------------------------------------------------------------------------------------- list

export interface ListScreen extends AppScreen {
  /** Names the rows for people: "tickets", in "Search tickets…". */
  readonly noun: string
  readonly create?: Action
  readonly search: SearchBar
  readonly views: readonly ViewLink[]
  /** Absent where groups are listed, which have one page. */
  readonly pager?: Pager
  readonly table: Table
  /** Actions on the selected rows; a POST sends `id` once per chosen row. Without any there are no checkboxes. */
  readonly bulk: readonly Action[]
  /** Selects everything that matches, not only this page (GET, renders the same list with `allSelected`). */
  readonly selectAll?: { readonly href: string; readonly count: string }
  /** A sentence: why not everything that matches was chosen. */
  readonly refusal?: string
  /** The whole result is chosen: every bulk action also sends these values. */
  readonly allSelected?: { readonly count: string; readonly values: readonly HiddenValue[]; readonly clear: string }
  readonly columnsMenu?: ColumnsMenu
  /** Where all that the list shows is had as a file, for whoever may. */
  readonly exportHref?: string
  /** Sums and remarks under the table. */
  readonly facts?: readonly Fact[]
  /** Present exactly when there are no rows. */
  readonly empty?: EmptyState
  /** The address of this very state, for the history and for `back`. */
  readonly here: string
}

export interface SearchBar {
  /** GET to here with `name`, and with `keep`. */
  readonly action: string
  /** Usually "q". */
  readonly name: string
  readonly value: string
  readonly placeholder: string
  readonly chips: readonly Chip[]
  /** The rest of the state, as hidden inputs, so that a search keeps filters, grouping and order. */
  readonly keep: readonly HiddenValue[]
  readonly filters?: readonly MenuSection[]
  readonly groups?: readonly MenuSection[]
}

/** One facet: "District: Harbour or Old Town ×". */
export interface Chip {
  readonly kind: 'filter' | 'date' | 'group' | 'text'
  /** Absent for a filter that has only its name. */
  readonly label?: string
  readonly values: readonly string[]
  readonly remove: string
  /** Where it can be changed. */
  readonly edit?: string
}

export interface MenuSection {
  readonly label?: string
  readonly items: readonly MenuItem[]
}

/** A choice that the address remembers; choosing it again takes it back. */
export interface MenuItem {
  readonly label: string
  readonly href: string
  readonly chosen: boolean
  /** As of an action. */
  readonly asks?: boolean
}

export interface ViewLink {
  readonly kind: 'list' | 'kanban' | 'calendar' | 'pivot' | 'graph'
  readonly href: string
  readonly current: boolean
}

export interface Pager {
  readonly from: number
  readonly to: number
  readonly total: number
  /** There are more than `total`: shown as "10,000+". */
  readonly capped: boolean
  /** Keyset pages: addresses, not numbers. Absent at either end. */
  readonly previous?: string
  readonly next?: string
}

export interface Table {
  readonly columns: readonly Column[]
  /** Rows and group heads in the order to show; every row has one cell per column. */
  readonly body: readonly (Row | GroupRow | MoreRow)[]
  /** One cell per column, under the rows; empty cells for columns without a sum. */
  readonly totals?: readonly Cell[]
  /** For people who hear the table. */
  readonly caption: string
}

export interface Column {
  readonly name: string
  readonly label: string
  /** What the cells mostly are; decides width and alignment. */
  readonly kind: Cell['as']
  /** The one column that takes the free width and carries the row's link. Absent in all, the first is it. */
  readonly title?: boolean
  /** Holds codes such as "LC-48171": as wide as they are. */
  readonly code?: boolean
  /** Shows glyphs only, for instance levels; the head is read aloud but not seen. */
  readonly narrow?: boolean
  readonly sort?: SortLink
  /** Where it stands when a row becomes a card; absent, `table.ts` decides by kind. */
  readonly place?: Place
}

export type Place = 'top-start' | 'top-end' | 'title' | 'bottom-start' | 'bottom-end' | 'hidden'

export interface SortLink {
  readonly href: string
  /** How the table is sorted by this column now; absent if it is not. */
  readonly now?: 'ascending' | 'descending'
}

export interface Row {
  readonly is: 'row'
  readonly id: string
  readonly href: string
  /** Names the row for the checkbox: "Select LC-48171". */
  readonly name: string
  readonly cells: readonly Cell[]
  readonly selected?: boolean
  /** Archived or closed rows step back. */
  readonly muted?: boolean
}

export interface GroupRow {
  readonly is: 'group'
  /** 0 is the outermost. */
  readonly depth: number
  readonly label: string
  /** Already formatted and perhaps capped. */
  readonly count: string
  /** Opens or closes it; the address remembers. */
  readonly href: string
  readonly open: boolean
  readonly facts?: readonly Fact[]
}

/** Below the first rows of an open group: the way to all of them. */
export interface MoreRow {
  readonly is: 'more'
  readonly label: string
  readonly href: string
}

/** "2 overdue", "Average age 2.1 d". */
export interface Fact {
  readonly label: string
  readonly value?: string
  readonly icon?: string
  readonly tone?: Tone
}

export interface ColumnsMenu {
  /** Takes a POST of `column` once per chosen column, and `back`. */
  readonly action: string
  readonly columns: readonly { readonly name: string; readonly label: string; readonly shown: boolean; readonly fixed?: boolean }[]
  /** Takes a POST. */
  readonly reset?: string
}

export interface EmptyState {
  readonly icon?: string
  /** One sentence on what would be here ("No ticket matches"). */
  readonly text: string
  readonly hint?: string
  /** The one next action: create the first one, or "Clear filters". */
  readonly action?: Action
}

// ----------------------------------------------------------------------------------------------------------------- form

export interface FormScreen extends AppScreen {
  /** What the crumb trail calls it ("SP-2026-01847"); the title if absent. */
  readonly code?: string
  /** Where the record is saved: a POST of every field, `_csrf` and `_version`. Absent, the form is read-only. */
  readonly save?: string
  /** Where "Discard" leads: the record as it is stored, or the list for a new one. */
  readonly discard: string
  readonly isNew: boolean
  /** Version of the record as it was read; sent as `_version`. */
  readonly version?: string
  /** Takes the whole form by POST while typing and answers with the fragment; fields marked `live` trigger it. */
  readonly refresh?: string
  /** Small facts above the title: level, type, "opened 19 Nov, 14:02". */
  readonly meta: readonly Cell[]
  /** The title as a field, if it can be edited in place. */
  readonly titleField?: TextField
  /** Badges beside the crumb: "Archived". */
  readonly badges?: readonly BadgeCell[]
  readonly pager?: RecordPager
  /** Verbs on the record: the first three are buttons, the rest are in a menu. */
  readonly actions: readonly Action[]
  /** Archive, duplicate, delete: the menu at the end of the top bar. */
  readonly menu: readonly Action[]
  readonly stages?: readonly Stage[]
  readonly links: readonly SmartLink[]
  /** Shown two beside each other. */
  readonly groups: readonly FieldGroup[]
  readonly tabs: readonly Tab[]
  readonly history?: History
  /** Instead of the history alone, where the record is talked about. */
  readonly conversation?: Conversation
  readonly errors?: ErrorSummary
  readonly conflict?: Conflict
}

export interface RecordPager {
  readonly position: number
  readonly total: number
  readonly capped?: boolean
  readonly previous?: string
  readonly next?: string
}

export interface Stage {
  readonly label: string
  readonly state: 'done' | 'current' | 'future'
  /** Takes a POST (with `_version`) to move there; absent where one may not. */
  readonly move?: string
  readonly values?: readonly HiddenValue[]
  /** The current stage is a closed one without success. */
  readonly outcome?: Outcome
}

export interface SmartLink {
  readonly count: string
  readonly label: string
  readonly href: string
  readonly icon: string
}

export interface FieldGroup {
  readonly name: string
  readonly label?: string
  readonly fields: readonly Field[]
}

export type Tab = FieldsTab | RelatedTab

interface TabHead {
  readonly name: string
  readonly label: string
  readonly count?: string
  /** Opened first; the first tab with errors, else the first, if none is. */
  readonly current?: boolean
  readonly hasErrors?: boolean
}

export interface FieldsTab extends TabHead {
  readonly is: 'fields'
  readonly groups: readonly FieldGroup[]
}

export interface RelatedTab extends TabHead {
  readonly is: 'related'
  readonly table: Table
  /** A link: the record's own form surrounds this tab. */
  readonly create?: { readonly label: string; readonly href: string }
  /** The whole list. */
  readonly all?: { readonly href: string; readonly label: string }
  readonly empty?: EmptyState
}

export type Field =
  | TextField
  | LongTextField
  | NumberField
  | DateField
  | CheckboxField
  | SelectField
  | RelationField
  | TagsField
  | ConditionField
  | ReadonlyField

interface FieldHead {
  /** The form's key; also makes the id `f-<name>` that an error summary links to. */
  readonly name: string
  readonly label: string
  readonly help?: string
  /** Help on a record that is read: a tooltip of the label. */
  readonly tip?: string
  readonly required?: boolean
  /** A whole sentence: what is wrong and what to do. */
  readonly error?: string
  /** Offers to repair the error: "Next open day: Mon 23 Nov". */
  readonly fixes?: readonly { readonly label: string; readonly value: string }[]
  /** Takes both columns. */
  readonly wide?: boolean
  /** Changing it refreshes the form through `FormScreen.refresh`. */
  readonly live?: boolean
  /** "Field added by the module fleet"; shows a small plug. */
  readonly origin?: string
}

export interface TextField extends FieldHead {
  readonly kind: 'text'
  readonly value: string
  readonly input?: 'text' | 'email' | 'tel' | 'url' | 'password'
  readonly maxLength?: number
  readonly placeholder?: string
  readonly autocomplete?: string
}

export interface LongTextField extends FieldHead {
  readonly kind: 'textarea'
  readonly value: string
  readonly rows?: number
  readonly maxLength?: number
  readonly placeholder?: string
}

export interface NumberField extends FieldHead {
  readonly kind: 'number'
  /** Plain digits with a dot, as `<input type=number>` wants it; '' for none. */
  readonly value: string
  readonly step?: string
  readonly min?: string
  readonly max?: string
  /** "h", "USD". */
  readonly unit?: string
  readonly placeholder?: string
}

export interface DateField extends FieldHead {
  /** `date` takes 2026-11-23, `datetime` takes 2026-11-23T10:30 in the reader's zone. */
  readonly kind: 'date' | 'datetime'
  readonly value: string
  readonly min?: string
  readonly max?: string
}

/** Sends "true" when ticked, and always sends `name` as "false" before it, so that absence means "not on this form". */
export interface CheckboxField extends FieldHead {
  readonly kind: 'checkbox'
  readonly value: boolean
}

export interface Option {
  readonly value: string
  readonly label: string
}

export interface SelectField extends FieldHead {
  readonly kind: 'select'
  readonly value: string
  readonly options: readonly Option[]
}

/** Many-to-one: a `<select>` without script, a search box over `search` with it. */
export interface RelationField extends FieldHead {
  readonly kind: 'relation'
  readonly value: string
  /** Of the chosen record, so that it is shown even when it is not among the options. */
  readonly chosen?: { readonly label: string; readonly href?: string; readonly initials?: string; readonly avatar?: PersonTone }
  /** The first few dozen, for work without script. */
  readonly options: readonly Option[]
  /** GET with `q`, answers `{data: [{id, label, detail?}]}`. Absent, the options are all there are. */
  readonly search?: string
  /** Opens a form for a new one. */
  readonly create?: string
}

/** Many-to-many: sends `name` once per chosen one, and an empty one first so that "none" can be told from "absent". */
export interface TagsField extends FieldHead {
  readonly kind: 'tags'
  readonly options: readonly (Option & { readonly chosen: boolean })[]
  /** GET with `q`, answers `{data: [{id, label}]}`, when there are more than `options`. */
  readonly search?: string
}

/** A condition, put together of rows: what `filterBuilder` made, whose fields begin with `<name>.`. */
export interface ConditionField extends FieldHead {
  readonly kind: 'condition'
  /** Safe HTML. */
  readonly html: string
}

export interface ReadonlyField extends FieldHead {
  readonly kind: 'readonly'
  readonly cell: Cell
}

export interface History {
  readonly days: readonly HistoryDay[]
  /** Older entries. */
  readonly more?: string
  readonly total?: number
}

export interface HistoryDay {
  /** "Today", "Thursday 19 November". */
  readonly label: string
  readonly entries: readonly HistoryEntry[]
}

export interface HistoryEntry {
  readonly is: 'created' | 'changed' | 'message' | 'reply' | 'note'
  /** Absent when a rule or the system did it; then `door` says which. */
  readonly who?: { readonly name: string; readonly initials: string; readonly avatar?: PersonTone }
  readonly at: { readonly iso: string; readonly shown: string; readonly title?: string }
  /** "by import", "through the API"; absent for the web, which is the usual door. Of a message who he is, and the channel. */
  readonly door?: string
  readonly changes: readonly Change[]
  /** Of a message or note, or what happened in a sentence. */
  readonly text?: string
}

/** What was said and what happened, oldest first, and by what the reader may add to it. */
export interface Conversation extends History {
  /** The reader may narrow it to messages, notes or changes. */
  readonly kinds: boolean
  readonly say: readonly Saying[]
}

/** A tab of the composer: takes a POST of `body`, and of `choice.name` where a way to send was chosen. */
export interface Saying {
  readonly name: string
  readonly label: string
  readonly icon?: string
  readonly hotkey?: string
  readonly internal: boolean
  readonly action: string
  readonly maxLength?: number
  readonly choice?: { readonly name: string; readonly options: readonly Option[] }
}

export interface Change {
  readonly field: string
  /** Labels; absent means it was or became empty. */
  readonly old?: string
  readonly new?: string
}

export interface ErrorSummary {
  /** "The ticket was not saved: 3 fields need you". */
  readonly title: string
  /** With a `field`, the entry links to it. */
  readonly items: readonly { readonly field?: string; readonly label?: string; readonly text: string }[]
}

/**
 * Somebody saved first (409). The form itself keeps what the reader typed; every field here sends
 * `_merge.<name>` as `theirs` or `mine`, and `_version` is theirs by now.
 */
export interface Conflict {
  /** "Someone saved this ticket first". */
  readonly title: string
  /** "Ella Winter saved version 7 at 10:42, while you were editing version 6. Nothing is lost: choose a value per field." */
  readonly text: string
  /** "Saved by Ella, 10:42". */
  readonly theirsLabel: string
  readonly fields: readonly ConflictField[]
  /** Drops what the reader typed; the record as it is stored. */
  readonly takeAllTheirs: { readonly label: string; readonly href: string }
}

export interface ConflictField {
  readonly name: string
  readonly label: string
  readonly changedBy: 'them' | 'me' | 'both'
  /** "Only Ella changed it". */
  readonly remark: string
  readonly theirs: string
  readonly mine: string
  /** Preselected when only one side changed it. */
  readonly chosen?: 'theirs' | 'mine'
}

// --------------------------------------------------------------------------------------------------------------- kanban

export interface KanbanScreen extends AppScreen {
  readonly noun: string
  readonly create?: Action
  readonly search: SearchBar
  readonly views: readonly ViewLink[]
  readonly total: { readonly count: number; readonly capped: boolean }
  readonly columns: readonly KanbanColumn[]
  readonly empty?: EmptyState
  readonly here: string
}

export interface KanbanColumn {
  /** What a move sends as `to`. */
  readonly key: string
  readonly label: string
  readonly glyph?: StatusGlyph
  readonly count: string
  readonly cards: readonly Card[]
  /** Shares of the bar under the head, in per cent, with their words; a bar without words is not shown. */
  readonly progress?: { readonly parts: readonly { readonly tone: Tone; readonly share: number }[]; readonly words: string }
  /** A sum: "42 h". */
  readonly sum?: string
  readonly more?: { readonly href: string; readonly label: string }
  readonly create?: string
  /** Only the head is shown; `toggle` opens it. */
  readonly folded?: boolean
  readonly toggle?: string
  /** Cards cannot be dropped here. */
  readonly closed?: boolean
}

export interface Card {
  readonly id: string
  readonly href: string
  readonly title: string
  readonly version?: string
  /** Level and code at the start of the first line. */
  readonly top: readonly Cell[]
  /** The state at the end of the first line. */
  readonly state?: Cell
  readonly facts: readonly Cell[]
  readonly person?: PersonCell | EmptyCell
  readonly tags?: readonly string[]
  /**
   * Takes a POST of `to` (column key), `before` (card id, '' for the end), `_version`, `_csrf` and `back`. Answers a form with 303
   * to `back`, a script (`accept: application/json`) with 2xx (a JSON body may carry the new `version`), or with a problem document whose `detail` is said to the user.
   * Absent, the card stays where it is.
   */
  readonly move?: string
}

// -------------------------------------------------------------------------------------------------------------- entrance

export interface SignInScreen {
  readonly shell: Frame
  /** Who is meant to sign in here: "Staff of the service desk and administrators". */
  readonly audience?: string
  /** POST of `email`, `password`, `remember` ("true"), `next`. */
  readonly action: string
  readonly email?: string
  readonly next?: string
  /** One sentence that does not tell whether the account exists. */
  readonly error?: string
  /** Takes a POST of `email` and mails a link that signs in. */
  readonly mailLink?: string
  /** That a link is on its way, if there is such an account. */
  readonly sent?: string
  readonly remember?: { readonly label: string; readonly checked: boolean }
  readonly forgotten?: string
  /** Other ways in: link by mail, single sign-on. */
  readonly others?: readonly Action[]
  /** "Are you a resident? Go to the portal". */
  readonly aside?: { readonly text: string; readonly label: string; readonly href: string }
}

/** The administrator follows the one-time link of the first start and chooses a password. */
export interface FirstRunScreen {
  readonly shell: Frame
  /** POST of `token`, `name`, `email`, `password`, `repeat`. */
  readonly action: string
  readonly token: string
  readonly name: string
  readonly email: string
  readonly minLength: number
  readonly errors?: { readonly [field in 'name' | 'email' | 'password' | 'repeat']?: string }
}

/** Where an invited person makes the account his own. */
export interface InvitationScreen {
  readonly shell: Frame
  /** POST of `name`, `password`, `repeat`; with `without`, he does without a password. */
  readonly action: string
  readonly name: string
  readonly email: string
  readonly minLength: number
  readonly errors?: { readonly [field in 'name' | 'password' | 'repeat']?: string }
}

/** A one-time link was opened: it is used by a button, since programs that look through mail open every link. */
export interface LinkScreen {
  readonly shell: Frame
  /** Whom it signs in. */
  readonly name: string
  /** Takes a POST. */
  readonly action: string
  /** When it does something else than signing in. */
  readonly title?: string
  readonly text?: string
  readonly go?: string
}

// ---------------------------------------------------------------------------------------------------------------- others

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500 | 503

export interface ErrorScreen {
  /** The shell if somebody is signed in and it could be made, else the bare frame. */
  readonly shell: Frame | Shell
  readonly status: ErrorStatus
  /** A sentence about this very case; the general one of the status if absent. */
  readonly detail?: string
  readonly requestId: string
  readonly action: Action
}

/** Asks before, or for, an action: the page behind every verb that needs input or a second thought. Works without script. */
export interface ConfirmScreen extends AppScreen {
  /** Usually the record's name or "3 tickets". */
  readonly subject?: string
  readonly text?: string
  /** POST of the fields, `values`, `_csrf`. */
  readonly action: string
  readonly values: readonly HiddenValue[]
  readonly fields: readonly Field[]
  /** What hangs on it and what becomes of it. */
  readonly consequences?: readonly Fact[]
  /** A destructive one asks for this to be typed, as `typed`. */
  readonly typeToConfirm?: string
  readonly confirm: { readonly label: string; readonly danger: boolean }
  readonly cancel: string
  readonly errors?: ErrorSummary
}

/** The second step of signing in. */
export interface CodeScreen {
  readonly shell: Frame
  /** POST of `code` or `recovery`, and `next`. */
  readonly action: string
  readonly next?: string
  readonly error?: string
}

/** Asks somebody to show that it is he, or sends again what waited for it (`resume`). */
export interface ProofScreen {
  readonly shell: Frame | Shell
  readonly title: string
  readonly text: string
  /** POST of `values`, and of `password` or `code`. */
  readonly action: string
  readonly values: readonly HiddenValue[]
  readonly password?: boolean
  readonly code?: boolean
  /** One of the two is enough. */
  readonly either?: boolean
  /** Takes a POST of the same and mails a link that confirms it. */
  readonly mailLink?: string
  readonly sent?: string
  readonly error?: string
  readonly resume?: boolean
  readonly cancel: string
}

/** A page of another module among the staff's screens. */
export interface ContentScreen extends AppScreen {
  /** Safe HTML. */
  readonly content: string
}

/** A page of another module for whoever is no staff. */
export interface OpenScreen {
  readonly shell: Frame
  readonly title: string
  /** Safe HTML: the whole page with its own `<main id="main">`. */
  readonly content: string
  /** A class on the body's one child. */
  readonly look: 'portal'
}

/** Every screen that can be rendered, by the name of its template. */
export interface Screens {
  readonly content: ContentScreen
  readonly open: OpenScreen
  readonly list: ListScreen
  readonly form: FormScreen
  readonly kanban: KanbanScreen
  readonly 'sign-in': SignInScreen
  readonly 'first-run': FirstRunScreen
  readonly link: LinkScreen
  readonly invitation: InvitationScreen
  readonly code: CodeScreen
  readonly proof: ProofScreen
  readonly error: ErrorScreen
  readonly confirm: ConfirmScreen
}
