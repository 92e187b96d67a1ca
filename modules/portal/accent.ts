/** The colour of the organisation on the pages of customers: one that is chosen, all others made of it so that words stay readable. */
import { html, page, type Reply, type Request, type Services, settings } from '@tessera/core'
import { z } from 'zod'

const hex = /^#?[0-9a-f]{6}$/i

/** Codes of the catalogue: what is wrong with a colour is said in the administrator's language. */
export const portalLook = settings(
  'Portal',
  z.object({
    accent: z
      .string()
      .trim()
      .max(7)
      .default('')
      .refine((text) => text === '' || hex.test(text), { error: 'portal.accent_no_colour', abort: true })
      .refine((text) => text === '' || contrast(colourOf(text), white) >= visible, { error: 'portal.accent_pale' })
      .describe('Six digits such as #3350c9; empty for the usual blue'),
  }),
)

/** The address of the style that a page needs, if there is any: it changes with the colour. */
export function accentStyle({ settings: kept }: Services): readonly string[] {
  const { accent } = kept.known(portalLook)
  return accent === '' ? [] : [`/portal/accent.css?colour=${hexOf(colourOf(accent))}`]
}

export const accentPage = page('GET /portal/accent.css', {
  may: 'anybody',
  async respond(request: Request, { settings: kept }): Promise<Reply> {
    const { accent } = await kept.remembered(portalLook)
    const css = accent === '' ? '' : accentCss(accent)
    const isNow = accent !== '' && request.query.get('colour') === hexOf(colourOf(accent))
    const cache = isNow ? 'public, max-age=31536000, immutable' : 'no-cache'
    return html(css, { headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': cache } })
  },
})

type Colour = readonly [red: number, green: number, blue: number]

const white: Colour = [255, 255, 255]
const black: Colour = [0, 0, 0]
/** The grounds of `tokens.css` on which the colour stands: the least favourable of each look. */
const ground = { light: [247, 247, 248], dark: [27, 28, 33] } satisfies Record<string, Colour>
/** WCAG 2.2: of words, and of the edge of a control. */
const readable = 4.5
const visible = 3

/** The tokens that follow from one colour, in light and dark. */
function accentCss(accent: string): string {
  const tokens = Object.entries(accentTokens(accent)).map(([name, [light, dark]]) => `--${name}:light-dark(#${light},#${dark})`)
  return `:root{${tokens.join(';')}}\n`
}

/** Each for light and for dark. */
export function accentTokens(accent: string): Readonly<Record<string, readonly [light: string, dark: string]>> {
  const colour = colourOf(accent)
  const light = until(colour, black, (each) => contrast(each, ground.light) >= visible)
  const dark = until(colour, white, (each) => contrast(each, ground.dark) >= visible)
  const soft = { light: mixed(colour, white, 0.9), dark: mixed(colour, ground.dark, 0.8) }
  const isReadable = (on: readonly Colour[]) => (each: Colour) => on.every((one) => contrast(each, one) >= readable)
  const text = {
    light: until(colour, black, isReadable([ground.light, soft.light])),
    dark: until(colour, white, isReadable([ground.dark, soft.dark])),
  }
  const both = (a: Colour, b: Colour) => [hexOf(a), hexOf(b)] as const
  return {
    accent: both(light, dark),
    'accent-hover': both(pressed(light), pressed(dark)),
    'on-accent': both(wordsOn(light), wordsOn(dark)),
    'accent-text': both(text.light, text.dark),
    'accent-soft': both(soft.light, soft.dark),
    'accent-line': both(mixed(colour, white, 0.65), mixed(colour, ground.dark, 0.5)),
    focus: both(light, text.dark),
  }
}

/** One of both is always readable. */
const wordsOn = (colour: Colour): Colour => (contrast(colour, white) >= readable ? white : black)

/** A step away from the words on it. */
const pressed = (colour: Colour): Colour => mixed(colour, wordsOn(colour) === white ? black : white, 0.15)

/** The nearest to the colour, on the way to another, that will do. */
function until(colour: Colour, towards: Colour, does: (each: Colour) => boolean): Colour {
  for (let part = 0; part < 1; part += 0.02) {
    const each = mixed(colour, towards, part)
    if (does(each)) return each
  }
  return towards
}

const mixed = (a: Colour, b: Colour, part: number): Colour => {
  const at = (index: 0 | 1 | 2) => Math.round(a[index] * (1 - part) + b[index] * part)
  return [at(0), at(1), at(2)]
}

/** As WCAG 2.2 counts it: 1 is none, 21 black on white. */
export function contrast(a: Colour, b: Colour): number {
  const [one, other] = [luminance(a), luminance(b)]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function colourOf(text: string): Colour {
  const number = Number.parseInt(text.replace('#', ''), 16)
  return [number >> 16, (number >> 8) & 255, number & 255]
}

const hexOf = (colour: Colour): string => colour.map((part) => part.toString(16).padStart(2, '0')).join('')
