/** What happened to a record, and what was said about it. */
import type { PersonTone } from './cells.ts'
import type { Option } from './fields.ts'
import type { FileItem } from './files.ts'

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
  /** Sent with it. */
  readonly files?: readonly FileItem[]
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
  /** Files may go with it: a form with `files`, or with the ids of those that were sent before under this name. */
  readonly drafts?: string
  readonly choice?: { readonly name: string; readonly options: readonly Option[] }
}

export interface Change {
  readonly field: string
  /** Labels; absent means it was or became empty. */
  readonly old?: string
  readonly new?: string
}
