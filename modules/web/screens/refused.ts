/** Why something was not saved, and what can be done. */

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
