import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { escapeHtml } from './html.ts'
import type { StatusGlyph } from './screens.ts'

/** The tabler icons that the templates and cells themselves use; modules name theirs to `createAssets`. */
const ownIcons: readonly string[] = [
  'alert-circle',
  'alert-triangle',
  'archive',
  'arrow-bar-to-down',
  'arrow-bar-to-up',
  'arrow-down',
  'arrow-up-right',
  'arrow-down-right',
  'restore',
  'layout-dashboard',
  'arrow-right',
  'arrow-up',
  'arrows-exchange',
  'arrows-down-up',
  'brackets',
  'calendar',
  'arrow-left',
  'category',
  'chart-bar',
  'chart-line',
  'chart-pie',
  'refresh',
  'check',
  'chevron-down',
  'chevron-left',
  'chevron-right',
  'circle-plus',
  'clock',
  'code',
  'copy',
  'device-desktop',
  'device-floppy',
  'dots',
  'download',
  'external-link',
  'eye',
  'file',
  'filter',
  'git-merge',
  'hourglass',
  'home',
  'inbox',
  'info-circle',
  'keyboard',
  'layers-subtract',
  'layout-columns',
  'layout-kanban',
  'layout-rows',
  'list',
  'list-search',
  'lock',
  'mail',
  'login-2',
  'logout',
  'menu-2',
  'message',
  'minus',
  'moon',
  'pencil',
  'player-pause',
  'plug',
  'plus',
  'point',
  'point.filled',
  'rotate-2',
  'search',
  'selector',
  'square-minus',
  'square-plus',
  'stack-2',
  'star',
  'sum',
  'sun',
  'table',
  'template',
  'tag',
  'paperclip',
  'trash',
  'upload',
  'user',
  'world',
  'x',
  'adjustments-horizontal',
]

const levels = ['level-1', 'level-2', 'level-3', 'level-4'] as const
export type LevelGlyph = (typeof levels)[number]

// A 14 px grid of our own: at this size tabler's 24 px drawings blur, and a state must be told by its shape alone.
const ring = '<circle cx="7" cy="7" r="5.6" fill="none" stroke="currentColor" stroke-width="1.6"/>'
const disc = '<circle cx="7" cy="7" r="6.4" fill="currentColor"/>'
const line = 'fill="none" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"'
const glyphs: Readonly<Record<StatusGlyph | LevelGlyph, string>> = {
  new: ring.replace('/>', ' stroke-dasharray="2.2 1.32"/>'),
  active: `${ring}<path d="M7 3.6a3.4 3.4 0 0 1 0 6.8z" fill="currentColor"/>`,
  waiting: `${ring}<path d="M7 4v3.2l2 1.3" ${line} stroke="currentColor"/>`,
  paused: `${ring}<path d="M5.6 5v4M8.4 5v4" ${line} stroke="currentColor"/>`,
  success: `${disc}<path d="m4.3 7.2 1.9 1.9 3.6-3.9" ${line} stroke="var(--ink)"/>`,
  failure: `${disc}<path d="m5 5 4 4m0-4-4 4" ${line} stroke="var(--ink)"/>`,
  'level-1': bars(1),
  'level-2': bars(2),
  'level-3': bars(3),
  'level-4': `<rect x="1" y="1" width="12" height="12" rx="3" fill="currentColor"/><path d="M7 3.8v3.9" ${line} stroke="var(--ink)"/><circle cx="7" cy="10.1" r="1" fill="var(--ink)"/>`,
}

let spriteAddress = '/assets/icons.svg'

/** An icon without a name: decoration beside words. Unknown names draw nothing. */
export function iconHtml(name: string, look = ''): string {
  if (/^(arrow|chevron)-(left|right)$/.test(name) && !look.includes('flip')) return iconHtml(name, `${look} flip`.trim())
  return `<svg class="icon${look && ` ${look}`}" aria-hidden="true"><use href="${spriteAddress}#${escapeHtml(name)}"/></svg>`
}

/** An icon drawn into the page: for names that are known only when it is shown, such as those of modules that are not installed. */
export function drawnIconHtml(name: string, look = ''): string {
  let shapes = drawn.get(name)
  if (shapes === undefined) {
    try {
      shapes = drawing(name)
    } catch {
      shapes = drawing('puzzle')
    }
    if (drawn.size < mostDrawn) drawn.set(name, shapes)
  }
  return `<svg class="icon${look && ` ${look}`}" viewBox="0 0 24 24" aria-hidden="true">${shapes}</svg>`
}

const drawn = new Map<string, string>()
const mostDrawn = 500

/** A state's or level's own small glyph. */
export function glyphHtml(name: StatusGlyph | LevelGlyph): string {
  return `<svg class="glyph ${name}" viewBox="0 0 14 14" aria-hidden="true"><use href="${spriteAddress}#${name}"/></svg>`
}

/** Where the icons rendered from now on are found. Rendering is synchronous, so a renderer sets this before each page. */
export function useSpriteAt(address: string): void {
  spriteAddress = address
}

/** The sprite of our own icons and `more`; a name that tabler does not have is an error at start, not a hole in a page. */
export function createSprite(more: Iterable<string> = []): string {
  const names = [...new Set([...ownIcons, ...more])].sort()
  const symbols = names.map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${drawing(name)}</symbol>`)
  for (const [name, shapes] of Object.entries(glyphs)) symbols.push(`<symbol id="${name}" viewBox="0 0 14 14">${shapes}</symbol>`)
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`
}

function drawing(name: string): string {
  const [, plain, filled] = /^([a-z0-9-]+?)(\.filled)?$/.exec(name) ?? []
  if (!plain) throw new Error(`"${name}" cannot be the name of an icon.`)
  const svg = readIcon(plain, filled ? 'filled' : 'outline')
  const shapes = svg
    .slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
    .replace(/\s+/g, ' ')
    .trim()
  return filled ? `<g fill="currentColor" stroke="none">${shapes}</g>` : shapes
}

function readIcon(name: string, style: 'outline' | 'filled'): string {
  try {
    return readFileSync(createRequire(import.meta.url).resolve(`@tabler/icons/${style}/${name}.svg`), 'utf8')
  } catch (cause) {
    throw new Error(`There is no ${style} icon "${name}" in @tabler/icons.`, { cause })
  }
}

function bars(level: number): string {
  const bar = (x: number, height: number, lit: boolean) =>
    `<rect x="${x}" y="${12 - height}" width="3" height="${height}" rx=".8" fill="currentColor"${lit ? '' : ' opacity=".28"'}/>`
  return bar(1.5, 4, true) + bar(5.5, 7, level > 1) + bar(9.5, 10, level > 2)
}
