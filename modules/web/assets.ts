import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { hourRules } from './hour-rules.ts'
import { createSprite } from './icons.ts'
import { mosaicSymbol } from './mosaic.ts'

/** As HTTP names them. */
export type Encoding = 'br' | 'gzip'

/** One file as it goes to the browser. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
  /** The body packed. Undefined where that brings nothing: a font is packed already. */
  readonly packed: ((encoding: Encoding) => Promise<Buffer>) | undefined
  readonly etag: string
  /** Its path changes with its content: `cache-control: public, max-age=31536000, immutable`. */
  readonly immutable: boolean
}

export interface Assets {
  /** By path, for instance "/assets/3f2a9c81/app.css". */
  readonly files: ReadonlyMap<string, Asset>
  /** The path of "app.css", "app.js", "htmx.js", "favicon.svg" ... */
  url(name: string): string
}

export interface AssetOptions {
  /** Names of tabler icons that modules use in menus, actions, cells. */
  readonly icons?: Iterable<string>
  /** CSS texts of modules; each ends up in the layer `module`. */
  readonly styles?: readonly string[]
  /** Scripts of modules by the name that they are asked for by: "portal/rating.js". */
  readonly scripts?: ReadonlyMap<string, string>
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

// The order is the cascade inside a layer; the layers themselves are named on the first line of tokens.css.
const styleNames = [
  'tokens',
  'base',
  'layout',
  'components',
  'fields',
  'builder',
  'list',
  'export',
  'import',
  'form',
  'lines',
  'files',
  'talk',
  'kanban',
  'figures',
  'dashboard',
  'suggest',
  'entrance',
  'looking',
  'palette',
  'developer',
  'jobs',
]

/**
 * Everything under /assets, read once at start.
 * All files share one hash in their path, so that the relative imports between client scripts are immutable as well.
 */
export function createAssets({ icons = [], styles = [], scripts = new Map() }: AssetOptions = {}): Assets {
  const bodies = new Map<string, string | Buffer>([
    ['app.css', stylesheet([...styleNames.map(own), ...styles.map(inModuleLayer)])],
    ['calendar.css', stylesheet([own('calendar'), own('hours'), hourRules()])],
    ['one-of.css', stylesheet([own('one-of')])],
    ['icons.svg', createSprite(icons)],
    ['art.svg', `<svg xmlns="http://www.w3.org/2000/svg">${mosaicSymbol()}</svg>`],
    ['favicon.svg', favicon],
    ['htmx.js', vendored('htmx.org/dist/htmx.min.js')],
    ['sortable.js', vendored('sortablejs/Sortable.min.js')],
    ...scripts,
  ])
  for (const name of fontNames) bodies.set(name, readFileSync(new URL(`fonts/${name}`, import.meta.url)))
  for (const name of clientNames()) bodies.set(name, readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8'))

  const hash = createHash('sha256')
  for (const [name, body] of bodies) hash.update(name).update(body)
  const folder = `/assets/${hash.digest('hex').slice(0, 8)}`
  const url = (name: string) => `${folder}/${name}`
  const files = new Map([...bodies].map(([name, body]) => [url(name), toAsset(name, body)]))
  void packAhead([...files.values()])
  return { files, url }
}

/** What every browser asks for, so that the first one need not wait for it: one after the other, beside the page that is being made. */
async function packAhead(assets: readonly Asset[]): Promise<void> {
  for (const { packed } of assets) await packed?.('br')
}

/** Inter, cut down to what it is used for (weights 400 to 600); the second is fetched only where a text needs it. */
const fontNames = ['inter-latin.woff2', 'inter-latin-ext.woff2']

/** Scripts that every page needs, for `<link rel=modulepreload>`; the others are loaded by what they serve. */
export function preloadedScripts(): string[] {
  return clientNames().filter((name) => name !== 'app.js' && !onDemand.has(name))
}

const onDemand = new Set([
  'api-docs.js',
  'bell.js',
  'builder.js',
  'calendar.js',
  'calendar-hours.js',
  'columns.js',
  'composer.js',
  'dashboard.js',
  'deadlines.js',
  'developer.js',
  'draft.js',
  'events-hub.js',
  'events-worker.js',
  'files.js',
  'forms.js',
  'hotkey-sheet.js',
  'inline.js',
  'kanban.js',
  'lanes.js',
  'lines.js',
  'live.js',
  'mentions.js',
  'offers.js',
  'palette.js',
  'quick.js',
  'relation.js',
  'replies.js',
  'suggest.js',
  'tags.js',
])

function clientNames(): string[] {
  return readdirSync(new URL('client/', import.meta.url)).filter((name) => name.endsWith('.js'))
}

const own = (name: string): string => readFileSync(new URL(`styles/${name}.css`, import.meta.url), 'utf8')

const inModuleLayer = (style: string): string => (/^\s*@layer module\b/m.test(style) ? style : `@layer module {\n${style}\n}\n`)

function stylesheet(parts: readonly string[]): string {
  return parts.join('\n').replace(/\/\*[\s\S]*?\*\/|^\s+/gm, '')
}

function vendored(path: string): string {
  // The packages do not export these files by name, so they are found beside their main file's package.
  const require = createRequire(import.meta.url)
  const [name = ''] = path.split('/')
  const folder = require.resolve.paths(name)?.find((candidate) => exists(`${candidate}/${path}`))
  if (!folder) throw new Error(`The file "${path}" is not installed.`)
  return readFileSync(`${folder}/${path}`, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '')
}

function exists(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

function toAsset(name: string, content: string | Buffer): Asset {
  const body = Buffer.from(content)
  const isText = typeof content === 'string'
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
  return {
    type: types[name.split('.').at(-1)!]!,
    body,
    packed: isText ? packedOnce(body, etag) : undefined,
    etag,
    immutable: true,
  }
}

/** By encoding and tag. At its best packing is slow, half a second of a processor for all files: so once in a process, for all its applications. */
const packedBodies = new Map<string, Promise<Buffer>>()

function packedOnce(body: Buffer, etag: string): (encoding: Encoding) => Promise<Buffer> {
  return (encoding) => {
    const key = `${encoding} ${etag}`
    const found = packedBodies.get(key) ?? packers[encoding](body)
    packedBodies.set(key, found)
    return found
  }
}

const packers: Readonly<Record<Encoding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }),
  gzip: (body) => promisify(gzip)(body, { level: constants.Z_BEST_COMPRESSION }),
}

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect x="1" y="1" width="8" height="8" rx="1.6" fill="#3350c9"/><rect x="11" y="1" width="8" height="5" rx="1.6" fill="#97a7ee"/><rect x="11" y="8" width="8" height="11" rx="1.6" fill="#3350c9"/><rect x="1" y="11" width="8" height="8" rx="1.6" fill="#c3cdf7"/></svg>`
