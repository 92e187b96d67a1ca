/** The command palette, over a page or as one. */
import type { StatusGlyph } from './cells.ts'

export interface Palette {
  /** What was typed. */
  readonly q: string
  readonly sections: readonly PaletteSection[]
  /** The record that the actions are about. */
  readonly here?: { readonly label: string; readonly icon?: string }
  /** Of that record, sent along with an action. */
  readonly version?: string
  readonly csrf: string
  /** How many things were found, already formatted. */
  readonly results?: string
}

export interface PaletteSection {
  readonly name: string
  readonly label: string
  /** "12 found". */
  readonly count?: string
  readonly entries: readonly PaletteEntry[]
}

export interface PaletteEntry {
  /** The label; what was typed is marked in it. */
  readonly pieces: readonly { readonly text: string; readonly hit?: boolean }[]
  readonly href: string
  readonly method: 'get' | 'post'
  readonly icon: string
  /** Its glyph stands instead of the icon. */
  readonly status?: { readonly glyph: StatusGlyph; readonly label: string }
  /** At the end of the line. */
  readonly detail?: string
  /** As of an action. */
  readonly asks?: boolean
}
