import { escapeHtml, safeHref } from './html.ts'
import { glyphHtml, iconHtml } from './icons.ts'
import type { BadgeCell, Cell, LevelCell, PersonCell, StatusCell, StatusGlyph } from './screens.ts'

/**
 * One cell as HTML. String building instead of a template: a list page has hundreds of them.
 * `narrow` leaves the words to those who hear the page, for columns and cards that show a glyph only.
 */
export function cellHtml(cell: Cell, narrow = false): string {
  switch (cell.as) {
    case 'text': {
      if (cell.long) return `<p class="long${toneClass(cell)}">${said(cell)}${escapeHtml(cell.text)}</p>`
      const text = `${sign(cell)}<${cell.code ? 'bdi' : 'span'} class="cut${toneClass(cell)}"${title(cell)}>${escapeHtml(cell.text)}</${cell.code ? 'bdi' : 'span'}>`
      if (!cell.after) return cell.icon ? `<span class="with-icon">${text}</span>` : text
      const { after } = cell
      return `<span class="with-after">${text}<span class="after" title="${escapeHtml(after.label)}">${iconHtml(after.icon)}${escapeHtml(after.text)}<span class="heard"> ${escapeHtml(after.label)}</span></span></span>`
    }
    case 'number':
      return withIcon(cell, `<bdi class="${toneClass(cell).trimStart()}"${title(cell)}>${escapeHtml(cell.shown)}</bdi>`)
    case 'date':
      return withIcon(
        cell,
        `<time class="cut${toneClass(cell)}" datetime="${escapeHtml(cell.iso)}"${title(cell)}>${escapeHtml(cell.shown)}</time>`,
      )
    case 'link':
      return withIcon(cell, linkOrText(cell.label, cell.href, `cut${toneClass(cell)}`, title(cell)))
    case 'person':
      return personHtml(cell, narrow)
    case 'status':
      return `<span class="status${toneClass(cell)}"${title(cell)}>${said(cell)}${glyphHtml(statusGlyph(cell))}${words(cell.label, narrow)}</span>`
    case 'level':
      return levelHtml(cell, narrow)
    case 'badge':
      return badgeHtml(cell)
    case 'tags':
      return `<span class="with-icon"${title(cell)}>${cell.tags.map((tag) => `<span class="tag">${escapeHtml(tag)}</span>`).join('')}</span>`
    case 'boolean':
      return `<span class="with-icon"${title(cell)}>${iconHtml(cell.value ? 'check' : 'minus', `small${cell.value ? '' : ' grey'}`)}${words(cell.label, narrow)}</span>`
    case 'empty':
      if (cell.like === 'person') {
        return `<span class="person muted"${title(cell)}><span class="avatar nobody">${iconHtml('user')}</span>${words(cell.label ?? '–', narrow)}</span>`
      }
      return `<span class="muted"${title(cell)}>${escapeHtml(cell.label ?? '–')}</span>`
  }
}

/** The glyph of a status, the same in every view. */
export function statusGlyph({ glyph, category, outcome }: StatusCell): StatusGlyph {
  if (glyph) return glyph
  if (category === 'closed') return outcome === 'failure' ? 'failure' : 'success'
  return category === 'paused' ? 'waiting' : 'active'
}

/** The round initials of a person; decoration, as the name always stands beside it or is read aloud. */
export function avatarHtml({ initials, avatar }: { initials: string; avatar?: string | undefined }, size = ''): string {
  return `<span class="avatar ${avatar ?? 'd'}${size && ` ${size}`}" aria-hidden="true">${escapeHtml(initials)}</span>`
}

function personHtml(cell: PersonCell, narrow: boolean): string {
  const name = narrow ? words(cell.name, true) : linkOrText(cell.name, cell.href, `cut${toneClass(cell)}`, '')
  return `<span class="person"${narrow ? ` title="${escapeHtml(cell.title ?? cell.name)}"` : title(cell)}>${avatarHtml(cell)}${name}</span>`
}

function levelHtml(cell: LevelCell, narrow: boolean): string {
  const hint = narrow ? ` title="${escapeHtml(cell.title ?? cell.label)}"` : title(cell)
  return `<span class="level"${hint}>${glyphHtml(`level-${cell.level}`)}${words(cell.label, narrow)}</span>`
}

function badgeHtml(cell: BadgeCell): string {
  const { deadline, more, beside } = cell
  const look = `badge ${cell.tone ?? 'grey'}${cell.ground === 'plain' ? ' plain' : ''}`
  const label = deadline ? `<span class="counts">${escapeHtml(cell.label)}</span>` : escapeHtml(cell.label)
  const counts = deadline ? countedTo(deadline) : ''
  const heard = more === undefined ? '' : `<span class="heard">, ${escapeHtml(more)}</span>`
  const badge = `<span class="${look}"${title(cell)}${counts}>${cell.icon ? iconHtml(cell.icon, 'small') : ''}${said(cell)}${label}${heard}</span>`
  return beside === undefined ? badge : `${badge}<span class="muted">${escapeHtml(beside)}</span>`
}

function countedTo({ due, risk, says }: NonNullable<BadgeCell['deadline']>): string {
  return ` data-due="${due.toISOString()}"${risk ? ` data-risk="${risk.toISOString()}"` : ''} data-says="${escapeHtml(says)}"`
}

function words(label: string, narrow: boolean): string {
  return `<span class="${narrow ? 'heard' : 'cut'}">${escapeHtml(label)}</span>`
}

function linkOrText(label: string, href: string | undefined, look: string, hint: string): string {
  const address = safeHref(href)
  if (!address) return `<span class="${look}"${hint}>${escapeHtml(label)}</span>`
  return `<a class="${look}" href="${escapeHtml(address)}"${hint}>${escapeHtml(label)}</a>`
}

function withIcon(cell: Cell, html: string): string {
  return cell.icon ? `<span class="with-icon">${sign(cell)}${html}</span>` : said(cell) + html
}

/** The icon in the colour of the words, with what it means. */
function sign(cell: Cell): string {
  return `${cell.icon ? iconHtml(cell.icon, `small${toneClass(cell)}`) : ''}${said(cell)}`
}

function said(cell: Cell): string {
  return cell.said ? `<span class="heard">${escapeHtml(cell.said)}: </span>` : ''
}

function toneClass({ tone }: Cell): string {
  return tone ? ` ${tone}` : ''
}

function title(cell: Cell): string {
  return cell.title ? ` title="${escapeHtml(cell.title)}"` : ''
}
