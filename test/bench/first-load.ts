/** The list in a browser that has never been here: how much comes over the line, and when its rows can be seen. */
import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BenchData } from './data.ts'
import type { Server } from './servers.ts'

export interface FirstLoad {
  /** As they came over the line, compressed, with their headers. */
  readonly bytes: number
  readonly files: number
  /** From the click to the frame that shows them; the median of five. */
  readonly rowsAfterMs: number
}

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** `file` holds the page, for the reference; `seen` is undefined where there is no Chromium. */
export async function firstLoad(
  app: Server,
  { cookie }: BenchData,
): Promise<{ readonly file: string; readonly seen: FirstLoad | undefined }> {
  const response = await fetch(`${app.url}/tickets`, { headers: { cookie } })
  if (!response.ok) throw new Error(`The list answers ${response.status}.`)
  const file = join(await mkdtemp(join(tmpdir(), 'tessera-bench-page-')), 'page.html')
  await writeFile(file, await response.text())
  return { file, seen: browserPath ? await inBrowser(browserPath, app.url, cookie) : undefined }
}

async function inBrowser(executablePath: string, url: string, cookie: string): Promise<FirstLoad> {
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  try {
    const loads: FirstLoad[] = []
    for (let round = 0; round < 5; round++) loads.push(await once(browser, url, cookie))
    return loads.sort((a, b) => a.rowsAfterMs - b.rowsAfterMs)[2]!
  } finally {
    await browser.close()
  }
}

async function once(browser: Awaited<ReturnType<typeof chromium.launch>>, url: string, cookie: string): Promise<FirstLoad> {
  // Each context has a cache of its own, which is empty.
  const context = await browser.newContext()
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url }])
  const page = await context.newPage()
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  let bytes = 0
  let files = 0
  network.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
    files += 1
  })
  await page.goto(`${url}/tickets`, { waitUntil: 'load' })
  await page.locator('tbody tr').first().waitFor({ state: 'visible' })
  // The rows stand in the page as it comes: the first paint shows them.
  const rowsAfterMs = await page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()`,
  )
  await page.waitForLoadState('networkidle')
  await context.close()
  return { bytes, files, rowsAfterMs }
}
