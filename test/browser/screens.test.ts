/** Every screen in a real browser, in light and dark, from left to right and from right to left, on a desk, a tablet and a phone. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { allLooks, expectFitting, expectSound, type Look, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'
import { foundScreens, type Made, makeScreens, modules, type Screen, type Who } from './screens.ts'

const everyLook = Object.keys(allLooks) as readonly Look[]
const isDeep = process.env.TESSERA_DEEP === '1'
/** SCREENS=calendar looks at those alone whose names say so. */
const only = new RegExp(process.env.SCREENS ?? '')

describe.skipIf(!chromiumPath)('Every screen', { timeout: isDeep ? 3_600_000 : 900_000 }, () => {
  let made: Made
  const desk = openDesk(
    modules,
    async ({ system }) => {
      made = await makeScreens(system)
    },
    // The page that says that something is broken.
    /status of 500/,
  )

  // Between them both directions see every screen in light and dark, on a desk, a tablet and a phone.
  it.each([
    ['from left to right', {}, isDeep ? everyLook : (['light-desk', 'light-tablet'] as const)],
    ['from right to left', rightToLeft, isDeep ? everyLook : (['dark-phone'] as const)],
  ])('is open to everybody and fits its window, %s', async (direction, options, seenIn) => {
    const browsers = new Map<Who, Promise<Page>>()
    const browserOf = (who: Who) => {
      const opened = browsers.get(who) ?? open(who, { ...options, ...allLooks[seenIn[0]!] })
      browsers.set(who, opened)
      return opened
    }
    const open = (who: Who, about: BrowserContextOptions) => (who === 'nobody' ? desk.page(about) : desk.signedIn(made.people[who], about))
    const flaws: string[] = []
    for (const screen of [...foundScreens(desk.app.composition), ...made.screens]) {
      if (!only.test(screen.name)) continue
      try {
        await show(await browserOf(screen.who ?? 'root'), screen, direction, seenIn)
      } catch (error) {
        flaws.push(`${screen.name} (${screen.path}): ${saidBy(error)}`)
      }
    }
    expect(flaws.join('\n\n')).toBe('')
  })
})

/** What a look found, where it found something; an assertion's own message leaves that out. */
function saidBy(error: unknown): string {
  const { actual, message } = error as { readonly actual?: unknown; readonly message?: string }
  return actual === undefined ? (message ?? String(error)) : JSON.stringify(actual)
}

/** Loaded once: what changes with window and theme follows by itself, as it does for people. */
async function show(page: Page, { name, path, reach }: Screen, direction: string, seenIn: readonly Look[]): Promise<void> {
  await page.setViewportSize(allLooks[seenIn[0]!].viewport)
  await page.goto(path)
  await reach?.(page)
  for (const look of seenIn) {
    const { colorScheme, viewport } = allLooks[look]
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(viewport)
    // A tablet's page is that of a desk in a narrower window: axe has seen it, unless everything is asked for.
    const expected = look.endsWith('tablet') && !isDeep ? expectFitting : expectSound
    await expected(page, `${name}-${look}-${direction.split(' ')[1]}`)
  }
}
