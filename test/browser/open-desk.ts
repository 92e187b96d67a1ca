/** A desk with a browser before it, for the tests of one block. */
import type { Module, Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import { type Chromium, openChromium } from './chromium.ts'

export interface OpenDesk {
  readonly app: TestApp
  readonly system: Services
  /** A page of somebody who was never here. */
  page(options?: BrowserContextOptions): Promise<Page>
  /** A page of somebody who opened a link as one is mailed. */
  signedIn(user: string, options?: BrowserContextOptions): Promise<Page>
}

/**
 * To be called once in a block: opens before its tests, with what `prepare` puts there, and closes after them. No browser may complain
 * but of what the tests bring about on purpose.
 */
export function openDesk(
  modules: readonly (string | Module)[],
  prepare: (desk: OpenDesk) => Promise<void> = async () => {},
  brought?: RegExp,
): OpenDesk {
  let open: { readonly app: TestApp; readonly system: Services; readonly browser: Chromium } | undefined
  const opened = () => {
    if (!open) throw new Error('The desk is opened by a hook: ask for it in a test.')
    return open
  }
  const desk: OpenDesk = {
    get app() {
      return opened().app
    },
    get system() {
      return opened().system
    },
    page: (options) => opened().browser.page(options),
    signedIn: async (user, options) => signIn(await desk.page(options), desk.system, user, await desk.app.listen()),
  }
  beforeAll(async () => {
    const app = await bootTest(inject('postgresUrl'), modules)
    open = { app, system: await app.servicesFor({ door: 'system' }), browser: await openChromium(await app.listen()) }
    await prepare(desk)
  }, 120_000)
  afterEach(async () => {
    // No policy was broken and no script failed, whatever the story was.
    const complaints = (await open?.browser.leave()) ?? []
    expect(complaints.filter((each) => !brought?.test(each))).toEqual([])
  })
  afterAll(async () => {
    await open?.browser.close()
    await open?.app.close()
  })
  return desk
}

/** With a session that the browser is given, to wherever it leads: how people sign in themselves is a story of its own. */
export async function signIn(page: Page, { identity }: Services, user: string, address?: string): Promise<Page> {
  if (address === undefined) await page.goto('/sign-in')
  const { token } = await identity.openSession(user)
  await page.context().addCookies([{ name: 'tessera', value: token, url: address ?? page.url(), httpOnly: true, sameSite: 'Lax' }])
  await page.goto('/')
  return page
}
