/** The catalogues: `texts/<locale>.json` beside each module, flat, code -> ICU message. English labels come from the declarations. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from '@formatjs/icu-messageformat-parser'
import type { BootProblem } from '../errors.ts'
import type { Composition, LoadedModule } from '../module/composition.ts'
import { withCommon } from './common.ts'
import { declaredTexts } from './declared.ts'
import { needsFormatting } from './translator.ts'

/** Locale -> code -> ICU message. */
export type Texts = ReadonlyMap<string, ReadonlyMap<string, string>>

/** The declared English, then the catalogues of the modules, the later module winning. */
export function composeTexts(composition: Omit<Composition, 'texts'>, problems: BootProblem[]): Texts {
  const texts = loadTexts(composition.modules, problems)
  const english = new Map([...declaredTexts(composition), ...(texts.get('en') ?? [])])
  const others = [...texts].filter(([locale]) => locale !== 'en')
  return new Map([['en', english], ...others.map(([locale, catalogue]) => [locale, withCommon(catalogue, english, composition)] as const)])
}

/** Reads the catalogues of modules in order. What is no locale, no JSON or no message becomes a problem. */
export function loadTexts(modules: readonly LoadedModule[], problems: BootProblem[]): Texts {
  const texts = new Map<string, Map<string, string>>()
  for (const { package: found, texts: more = [] } of modules) {
    for (const [locale, messages] of more) for (const [code, message] of messages) catalogueOf(texts, locale).set(code, message)
    const folder = join(found.folder, 'texts')
    if (found.folder === '' || !existsSync(folder)) continue
    for (const name of readdirSync(folder)
      .filter((each) => each.endsWith('.json'))
      .sort()) {
      const file = join(folder, name)
      const report = (code: string, sentence: string) => problems.push({ code, module: found.name, sentence, file })
      const locale = name.slice(0, -'.json'.length)
      if (!isLocale(locale))
        report(
          'texts.unknown_locale',
          `The catalogue "${name}" of "${found.name}" is named after no language: "${locale}" is no BCP 47 tag such as fr or fr-CA.`,
        )
      else for (const [code, message] of readCatalogue(file, report)) catalogueOf(texts, locale).set(code, message)
    }
  }
  return texts
}

type Report = (code: string, sentence: string) => void

function catalogueOf(texts: Map<string, Map<string, string>>, locale: string): Map<string, string> {
  const catalogue = texts.get(locale) ?? new Map<string, string>()
  texts.set(locale, catalogue)
  return catalogue
}

function readCatalogue(file: string, report: Report): [string, string][] {
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    report('texts.broken', `The catalogue cannot be read: ${said(error)}.`)
    return []
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    report('texts.broken', 'The catalogue is no object of codes and messages.')
    return []
  }
  return Object.entries(read).filter((entry): entry is [string, string] => isMessage(entry, report))
}

function isMessage([code, message]: [string, unknown], report: Report): boolean {
  if (typeof message !== 'string') {
    report('texts.no_message', `The message of "${code}" is no text.`)
    return false
  }
  if (!needsFormatting(message)) return true
  try {
    parse(message, { ignoreTag: true })
    return true
  } catch (error) {
    report('texts.no_message', `The message of "${code}" is not written in ICU's message format: ${said(error)}.`)
    return false
  }
}

function said(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}

function isLocale(text: string): boolean {
  try {
    // Five letters and more are grammatical too ("english"), but name no language that anybody uses.
    return /^[a-z]{2,3}(?:-|$)/.test(text) && Intl.getCanonicalLocales(text)[0] === text
  } catch {
    return false
  }
}
