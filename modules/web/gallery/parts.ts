import { initialsOf, toneOf } from '../person.ts'
import type { BadgeCell, Cell, LevelCell, PersonCell, StatusCell, TextCell } from '../screens.ts'

export const person = (name: string): PersonCell => ({ as: 'person', name, initials: initialsOf(name), avatar: toneOf(name) })
export const nobody: Cell = { as: 'empty', like: 'person', label: 'Unassigned' }
export const text = (words: string): TextCell => ({ as: 'text', text: words })
export const code = (words: string): TextCell => ({ as: 'text', text: words, code: true })
export const level = (high: 1 | 2 | 3 | 4): LevelCell => ({
  as: 'level',
  level: high,
  label: ['Low', 'Normal', 'High', 'Urgent'][high - 1]!,
})

export const statuses: Readonly<Record<string, StatusCell>> = {
  new: { as: 'status', label: 'New', category: 'open', glyph: 'new' },
  open: { as: 'status', label: 'In progress', category: 'open' },
  pending: { as: 'status', label: 'Pending customer', category: 'paused' },
  hold: { as: 'status', label: 'On hold', category: 'paused', glyph: 'paused' },
  done: { as: 'status', label: 'Resolved', category: 'closed', outcome: 'success' },
  failed: { as: 'status', label: 'Unresolved', category: 'closed', outcome: 'failure' },
}

export const due = (kind: string, label: string): BadgeCell => {
  if (kind === 'over') return { as: 'badge', label, tone: 'red', icon: 'alert-triangle', title: 'Due 21 Nov 2026, 14:30' }
  if (kind === 'risk') return { as: 'badge', label, tone: 'amber', icon: 'hourglass', title: 'Due 21 Nov 2026, 18:10' }
  if (kind === 'met') return { as: 'badge', label, tone: 'green', icon: 'check', ground: 'plain' }
  if (kind === 'paused') return { as: 'badge', label, tone: 'grey', icon: 'player-pause' }
  return { as: 'badge', label, tone: 'grey', icon: 'clock', ground: 'plain' }
}
