/** How pages look: in light and dark, on a desk and a phone, from right to left; for everybody to use. */
import AxeBuilder from '@axe-core/playwright'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

const desk = { width: 1440, height: 900 }
const tablet = { width: 768, height: 1024 }
const phone = { width: 360, height: 740 }

/** What every page is looked at in. */
export const looks = {
  'light-desk': { colorScheme: 'light', viewport: desk },
  'light-tablet': { colorScheme: 'light', viewport: tablet },
  'light-phone': { colorScheme: 'light', viewport: phone },
  'dark-desk': { colorScheme: 'dark', viewport: desk },
  'dark-phone': { colorScheme: 'dark', viewport: phone },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>

/** With the one that differs from its neighbours in nothing of its own. */
export const allLooks = { ...looks, 'dark-tablet': { colorScheme: 'dark', viewport: tablet } } as const
export type Look = keyof typeof allLooks

/** For somebody who reads Arabic and whose account says nothing else. */
export const rightToLeft: BrowserContextOptions = {
  ...looks['light-desk'],
  locale: 'ar',
  extraHTTPHeaders: { 'accept-language': 'ar' },
}

/** A telephone as it is: with fingers, and a page that is too wide would be made smaller. */
export const telephone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true } as const

/** Else axe takes some Arabic words, which do not look like their letters one by one, for pictures of an icon font. */
const lettersAreText = { 'label-content-name-mismatch': { options: { pixelThreshold: 1, occurrenceThreshold: 3 } } }

/** No flaw that axe finds, and nothing wider than the window. It is photographed under the name where SCREENSHOTS says a folder. */
export async function expectSound(page: Page, name: string): Promise<void> {
  await photographed(page, name)
  const flaws = await flawsOf(page)
  expect({ name, flaws, wider: await widerBy(page) }).toEqual({ name, flaws: [], wider: 0 })
}

/** Nothing wider than the window. */
export async function expectFitting(page: Page, name: string): Promise<void> {
  await photographed(page, name)
  expect({ name, wider: await widerBy(page) }).toEqual({ name, wider: 0 })
}

/** Pixels. */
async function widerBy(page: Page): Promise<number> {
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  return Math.max(0, width - (page.viewportSize()?.width ?? width))
}

/** What axe finds, by all of its rules; dark, a page is the same one in other colours. */
async function flawsOf(page: Page): Promise<readonly string[]> {
  const isDark = await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: dark)').matches`)
  const options = {
    // Of what is sound it need not tell where that is, and no rule that runs here reads style sheets: both take longer than the rules.
    resultTypes: ['violations' as const],
    preload: false,
    checks: lettersAreText,
    ...(isDark && { runOnly: { type: 'rule' as const, values: ['color-contrast', 'link-in-text-block'] } }),
  }
  // A page that was looked at before has axe in it.
  const again = `window.axe?.run(${JSON.stringify(options)}).then(({ violations }) => violations)`
  const violations =
    (await page.evaluate<Violations | undefined>(again)) ??
    // Our pages hold no frames of elsewhere, for which axe would open a tab of its own each time.
    (await new AxeBuilder({ page }).setLegacyMode(true).options(options).analyze()).violations
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
type Violations = Awaited<ReturnType<AxeBuilder['analyze']>>['violations']

/** The same in each of the looks. The page is loaded once: what changes with window and theme follows by itself, as it does for people. */
export async function expectSoundInEachLook(page: Page, name: string): Promise<void> {
  for (const [look, { colorScheme, viewport }] of Object.entries(looks)) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    await expectSound(page, `${name}-${look}`)
  }
}

/** For people to look at: a picture of the whole page, in the folder that SCREENSHOTS names. */
export async function photographed(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder) await page.screenshot({ path: `${folder}/${name.replace(/[\da-f-]{36}/g, '_').replaceAll('/', '-')}.png`, fullPage: true })
}
