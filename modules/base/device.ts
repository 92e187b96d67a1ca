import type { Services } from '@tessera/core'

/** The browser and the system behind a user agent, in words: "Firefox on Windows". */
export function deviceInWords(agent: string | null, text: Services['text']): string {
  const browser = agent === null ? undefined : nameIn(agent, browsers)
  const system = agent === null ? undefined : nameIn(agent, systems)
  if (browser && system) return text('base.device', { browser, system })
  return browser ?? system ?? text('base.device_unknown')
}

function nameIn(agent: string, known: readonly (readonly [string, RegExp])[]): string | undefined {
  return known.find(([, sign]) => sign.test(agent))?.[0]
}

/** Most browsers also call themselves by the names of those that came before them: the first sign decides. */
const browsers = [
  ['Edge', /\bEdgA?(iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Headless)?(Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
  ['curl', /^curl\//],
] as const
const systems = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
] as const
