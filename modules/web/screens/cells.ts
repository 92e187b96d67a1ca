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
  /** Colours the words; an `icon` and `said` say the same to whoever does not see colours. */
  readonly tone?: Tone
  /** What the tone means, read aloud before the words. */
  readonly said?: string
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
  /** Read aloud behind the label. */
  readonly more?: string
  /** What stands beside it where there is room. */
  readonly beside?: string
  /** Of one that counts: the instant that it counts to and from when on it is at risk, with what a script says as time goes on. */
  readonly deadline?: { readonly due: Date; readonly risk?: Date; readonly says: string }
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
