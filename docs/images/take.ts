/** `npm run screenshots`: the pictures of the README, taken of the real application with its demonstration data. Needs Chromium. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bootTest } from '@tessera/core/testing'
import { chromium } from 'playwright-core'
import { loadDemo } from '../../modules/ticket/demo/load.ts'
import { startTestServer } from '../../test/setup/postgres.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (!executablePath) throw new Error('Chromium is needed for screenshots: apt-get install chromium.')

const server = await startTestServer()
const app = await bootTest(server.url, ['web', 'ticket'])
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
try {
  const system = await app.servicesFor({ door: 'system' })
  await loadDemo(system)
  const user = await system.identity.createUser({ email: 'ana.kovac@example.org', name: 'Ana Kovač', roles: ['administrator'] })
  const { token } = await system.identity.openSession(user.id)
  const address = await app.listen()
  const ticket = await (await browser.newContext()).request
    .get(`${address}/api/tickets?q=pothole&filter[status.category]=closed&limit=1&fields=id`, { headers: { cookie: `tessera=${token}` } })
    .then((answer) => answer.json())

  const screens = { list: '/tickets', form: `/tickets/${ticket.data[0].id}`, board: '/tickets?view=kanban' }
  for (const theme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: theme })
    await context.addCookies([{ name: 'tessera', value: token, url: address }])
    const page = await context.newPage()
    for (const [name, path] of Object.entries(screens)) {
      await page.goto(address + path)
      await page.evaluate('document.fonts.ready.then(() => true)')
      const file = fileURLToPath(new URL(`${name}-${theme}.png`, import.meta.url))
      await page.screenshot({ path: file })
      console.log(file)
    }
    await context.close()
  }
} finally {
  await browser.close()
  await app.close()
  await server.stop()
}
