/** Files of a record, or of what was said about it. */

export interface FileItem {
  readonly id: string
  readonly name: string
  /** A download. */
  readonly href: string
  /** "1.2 MB". */
  readonly size: string
  /** "Amara Diallo, 21 Nov 2026, 14:02". */
  readonly about?: string
  /** A browser can show it small. */
  readonly isPicture: boolean
  /** A page that asks before it is taken away; absent where one may not. */
  readonly remove?: string
}

export interface Files {
  readonly label: string
  readonly items: readonly FileItem[]
  /** Takes a POST of a form with `files`, for whoever may bring some; a script sends each by itself, for this model and record. */
  readonly add?: { readonly action: string; readonly model: string; readonly record: string }
}
