/** The reference's list as a page: what stands around the rows is taken from the application's page, the rows are template literals. */
import { existsSync, readFileSync } from 'node:fs'
import type { ListRow } from './reference-statements.ts'

export interface PageRow extends ListRow {
  readonly level: number
  readonly status_code: string
  readonly assignee: string | null
  readonly team: string | null
}

const shell =
  process.env.BENCH_PAGE && existsSync(process.env.BENCH_PAGE) ? readFileSync(process.env.BENCH_PAGE, 'utf8') : '<tbody></tbody>'
const before = shell.slice(0, shell.indexOf('<tbody>') + '<tbody>'.length)
const after = shell.slice(shell.indexOf('</tbody>'))

export function page(rows: readonly PageRow[]): string {
  return before + rows.map(row).join('') + after
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const safe = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign]!)
const icon = (name: string): string =>
  `<svg class="glyph" viewBox="0 0 14 14" aria-hidden="true"><use href="/assets/icons.svg#${name}"/></svg>`
const none = '<span class="muted">–</span>'

function row(ticket: PageRow, at: number): string {
  const { id, number, subject, level, priority, partner, partner_id, status, status_code, assignee, team, created_at } = ticket
  return `<tr class="row"><td class="pick-cell"><input class="pick" type="checkbox" name="id" value="${id}" aria-label="Select ${safe(number)} ${safe(subject)}"></td>
<td class="at-top-start narrow"><span class="level" title="${safe(priority)}">${icon(`level-${level}`)}<span class="heard">${safe(priority)}</span></span></td>
<td class="at-top-start code"><bdi class="cut">${safe(number)}</bdi></td>
<td class="at-title title-cell"><a class="open" href="/tickets/${id}?at=${at + 1}"><span class="cut">${safe(subject)}</span></a></td>
<td class="at-hidden"><a class="cut" href="/partners/${partner_id}">${safe(partner)}</a></td><td class="at-hidden">${none}</td>
<td class="at-bottom-start status-cell"><span class="status">${icon(safe(status_code))}<span class="cut">${safe(status)}</span></span></td>
<td class="at-bottom-end"><span class="person"><span class="avatar"></span><span class="cut">${safe(assignee ?? 'Unassigned')}</span></span></td>
<td class="at-hidden">${team === null ? none : safe(team)}</td>
<td class="at-hidden"><time class="cut" datetime="${created_at.toISOString()}">${days.format(created_at)}</time></td><td class="options"></td></tr>`
}

const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
