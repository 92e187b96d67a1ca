/** The browser of the machine: CHROMIUM names it, else it is looked for where distributions put it. */
import { existsSync } from 'node:fs'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** The one without windows first: stories take half the time in it. */
const places = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Undefined where there is none: then browser tests say that they were skipped. */
export const chromiumPath: string | undefined = process.env.CHROMIUM ?? places.find((path) => existsSync(path))
if (!chromiumPath) console.warn('Browser tests are skipped: no chromium was found. Install it, or name it by CHROMIUM.')

/** A browser whose pages are listened to. */
export interface Chromium {
  /** A page of somebody who was never here. */
  page(options?: BrowserContextOptions): Promise<Page>
  /** Closes all pages. What they complained of: scripts that failed, policies that were broken, answers of 500 and more. */
  leave(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Pages are of the application at this address. */
export async function openChromium(baseURL: string): Promise<Chromium> {
  const browser = await chromium.launch({
    ...(chromiumPath && { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  const open: BrowserContext[] = []
  const complaints: string[] = []
  return {
    async page(options) {
      const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...options })
      // Costs nothing while all is well, and a machine that does more than this is slow.
      context.setDefaultTimeout(30_000)
      open.push(context)
      const page = await context.newPage()
      // A page can be seen before its first script has run, and a key that is pressed then is heard by nobody.
      const press = page.keyboard.press.bind(page.keyboard)
      page.keyboard.press = async (key, options) => {
        await page.waitForLoadState()
        await press(key, options)
      }
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text())
      })
      return page
    },
    async leave() {
      for (const context of open.splice(0)) await context.close()
      return complaints.splice(0)
    },
    close: () => browser.close(),
  }
}

/** A refusal is an answer, and a story may take the line away. */
const expected = /status of 4\d\d|ERR_INTERNET_DISCONNECTED/
