/**
 * Looks at every screen: renders samples, serves them with the real content policy, takes pictures in light and dark
 * at three widths, runs axe, and says where anything is wider than the window.
 *
 *   node modules/web/gallery.ts OUT_DIR [name ...]      (--serve keeps serving, without pictures)
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { IntlMessageFormat } from 'intl-messageformat'
import { type Browser, chromium, type Page } from 'playwright-core'
import { createAssets } from './assets.ts'
import * as samples from './gallery/samples.ts'
import { createRenderer, type Translate } from './render.ts'
import type { Screens, Theme } from './screens.ts'

type Sample = { readonly [Name in keyof Screens]: readonly [Name, Screens[Name]] }[keyof Screens]

const screens: Readonly<Record<string, Sample>> = {
  list: ['list', samples.list],
  'list-selected': ['list', samples.listSelected],
  'list-plain': ['list', samples.listPlain],
  'list-no-match': ['list', samples.listNoMatch],
  'list-first-use': ['list', samples.listFirstUse],
  'list-rtl': ['list', samples.mirrored(samples.listSelected)],
  form: ['form', samples.form],
  'form-rtl': ['form', samples.mirrored(samples.form)],
  'form-new': ['form', samples.formNew],
  'form-errors': ['form', samples.formErrors],
  'form-conflict': ['form', samples.formConflict],
  kanban: ['kanban', samples.kanban],
  'sign-in': ['sign-in', samples.signIn],
  'sign-in-wrong': ['sign-in', samples.signInWrong],
  'first-run': ['first-run', samples.firstRun],
  code: ['code', samples.code],
  'code-wrong': ['code', samples.codeWrong],
  proof: ['proof', samples.proof],
  'proof-rtl': ['proof', samples.mirrored(samples.proof)],
  'proof-by-mail': ['proof', samples.proofByMail],
  'error-404': ['error', samples.problem(404, true)],
  'error-401': ['error', samples.problem(401, false)],
  confirm: ['confirm', samples.confirm],
  ask: ['confirm', samples.ask],
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const assets = createAssets({ icons: samples.moduleIcons })
const renderer = createRenderer(english(), assets)
const [out = 'gallery-out', ...wanted] = process.argv.slice(2).filter((word) => word !== '--serve')
const names = wanted.length ? wanted : Object.keys(screens)

const server = await serve()
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
if (process.argv.includes('--serve')) {
  console.log(origin)
} else {
  writeFiles()
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  let faults = 0
  for (const name of names) faults += await look(browser, name)
  await browser.close()
  server.close()
  console.log(faults ? `${faults} faults` : 'no faults')
  process.exitCode = faults ? 5 : 0
}

async function look(browser: Browser, name: string): Promise<number> {
  let faults = 0
  for (const theme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1440, 900],
      [768, 1024],
      [360, 780],
    ] as const) {
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(`${origin}/${name}?theme=${theme}`, { waitUntil: 'networkidle' })
      await page.screenshot({ path: join(out, `${name}-${theme}-${width}.png`) })
      complaints.push(...(await overflow(page)), ...(await axe(page)))
      for (const complaint of complaints) console.log(`${name} ${theme} ${width}: ${complaint}`)
      faults += complaints.length
      await context.close()
    }
  }
  return faults
}

async function overflow(page: Page): Promise<string[]> {
  const [wide, window] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]')
  return wide > window ? [`${wide - window} px wider than the window`] : []
}

async function axe(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, help, nodes }) => `axe ${id}: ${help} (${nodes.length}) ${nodes[0]?.html.slice(0, 160)}`)
}

function writeFiles(): void {
  mkdirSync(out, { recursive: true })
  for (const [name, sample] of Object.entries(screens)) writeFileSync(join(out, `${name}.html`), render(sample, 'system', false))
  for (const [path, asset] of assets.files) {
    mkdirSync(join(out, dirname(path)), { recursive: true })
    writeFileSync(join(out, path), asset.body)
  }
}

/** The cast only joins what the table above pairs by hand. */
function render([name, model]: Sample, theme: Theme, fragment: boolean): string {
  const themed = samples.withTheme(model, theme) as Screens[typeof name]
  return fragment ? renderer.fragment(name, themed) : renderer.page(name, themed)
}

async function serve(): Promise<Server> {
  const made = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://gallery')
    const asset = assets.files.get(url.pathname)
    if (asset) response.writeHead(200, { 'content-type': asset.type, etag: asset.etag }).end(asset.body)
    else if (request.method === 'POST') answerPost(url.pathname, response)
    else if (url.pathname === '/search.json') json(response, 200, { data: found(url.searchParams.get('q') ?? '') })
    else answerPage(url, request.headers['hx-request'] === 'true', response)
  })
  await new Promise<void>((ready) => made.listen(0, '127.0.0.1', ready))
  return made
}

function answerPage(url: URL, fragment: boolean, response: ServerResponse): void {
  const sample = screens[url.pathname.slice(1)]
  response.writeHead(sample ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
  const theme = (url.searchParams.get('theme') ?? 'system') as Theme
  response.end(sample ? render(sample, theme, fragment) : render(['error', samples.problem(404, true)], theme, fragment))
}

/** Enough of a server to try dragging and dependent fields: one card refuses. */
function answerPost(path: string, response: ServerResponse): void {
  if (path === '/move/724') json(response, 422, { detail: 'Only Noah Brandt may move his own ticket.' })
  else if (path.startsWith('/move/')) json(response, 200, { version: 2 })
  else if (path === '/form/refresh') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(render(['form', samples.form], 'system', true))
  } else response.writeHead(303, { location: '/list' }).end()
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function found(text: string): { id: string; label: string; detail: string }[] {
  return ['Fatou Camara', 'Katharina Lenz', 'Lamin Ceesay', 'Isatou Jallow']
    .map((label, index) => ({ id: String(7 + index), label, detail: `+220 555 01 ${44 + index}` }))
    .filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()))
}

function english(): Translate {
  const catalogue = JSON.parse(readFileSync(new URL('texts/en.json', import.meta.url), 'utf8')) as Record<string, string>
  const formats = new Map(Object.entries(catalogue).map(([code, message]) => [code, new IntlMessageFormat(message, 'en')]))
  return (code, values) => String(formats.get(code)?.format({ ...values } as Record<string, string>) ?? code)
}
