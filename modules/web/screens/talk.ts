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
  readonly is: 'created' | 'changed' | 'message' | 'reply' | 'note' | 'done'
  /** Absent when a rule or the system did it; then `door` says which. */
  readonly who?: { readonly name: string; readonly initials: string; readonly avatar?: PersonTone }
  readonly at: { readonly iso: string; readonly shown: string; readonly title?: string }
  /** "by import", "through the API"; absent for the web, which is the usual door. Of a message who he is, and the channel. */
  readonly door?: string
  /** Of what was said about another record that goes on in this one: which. */
  readonly about?: { readonly label: string; readonly href: string }
  readonly changes: readonly Change[]
  /** Of a message or note, or what happened in a sentence. */
  readonly text?: string
  /** Sent with it. */
  readonly files?: readonly FileItem[]
  /** The same with the colleagues that it names, in pieces. */
  readonly pieces?: readonly TextPiece[]
}

/** A piece of a text; `names` is the address of the colleague who is named there, empty where there is none to open. */
export interface TextPiece {
  readonly text: string
  readonly named?: boolean
  readonly href?: string
}

/** What was said and what happened, oldest first, and by what the reader may add to it. */
export interface Conversation extends History {
  /** The reader may narrow it to messages, notes or changes. */
  readonly kinds: boolean
  readonly say: readonly Saying[]
  /** Nothing is said here any more: where it goes on. */
  readonly goesOn?: GoesOn
  /** What a script listens to: the record as it was read, by its path, version and the latest message. */
  readonly live?: { readonly record: string; readonly version: string; readonly said: string }
  /** What modules have beside it. */
  readonly beside?: TalkParts
}

/** Where a record goes on, and what that means; without a name where the reader may not see it. */
export interface GoesOn {
  /** "Merged into". */
  readonly label?: string
  readonly name?: string
  readonly href?: string
  readonly text: string
}

/** What modules add to a conversation; each text is safe HTML. */
export interface TalkParts {
  /** In its head, behind the choice of kinds. */
  readonly head: readonly string[]
  /** Between what was said and the composer. */
  readonly above: readonly string[]
  /** Further tabs of the composer. */
  readonly tabs: readonly TalkTab[]
  /** Answers `?q=` with the colleagues who can be named in a text; absent where nobody is. */
  readonly people?: string
  /** Answers `?q=` with texts that can be put into what is written, with `as=note` into a note; absent where there are none. */
  readonly replies?: string
}

/** Takes a POST of what its content asks for. */
export interface TalkTab {
  readonly name: string
  readonly label: string
  readonly icon: string
  readonly action: string
  readonly content: string
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
  /** What was written already, by somebody without a script who asked for the saved replies. */
  readonly begun?: Begun
}

/** What stands in a tab of the composer before anything is typed there. */
export interface Begun {
  readonly body: string
  /** Files that came with it and wait for it to be sent. */
  readonly files: readonly FileItem[]
  /** To choose one of them; absent once one was chosen. */
  readonly replies?: readonly { readonly id: string; readonly name: string; readonly text: string }[]
  /** What its reader should look at before he sends it. */
  readonly hint?: string
}

export interface Change {
  readonly field: string
  /** Labels; absent means it was or became empty. */
  readonly old?: string
  readonly new?: string
}
