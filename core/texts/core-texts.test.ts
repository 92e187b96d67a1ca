import { globSync, readFileSync } from 'node:fs'
import IntlMessageFormat from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import { coreTexts } from './core-texts.ts'

/** The sentences for people in core's files: code -> every text with which it is thrown. */
const thrown = new Map<string, string[]>()
const forPeople = globSync(['core/{access,http,importing,installation,operation,records}/**/*.ts']).concat(
  'core/model/reasons.ts',
  'core/model/values.ts',
  'core/model/settle.ts',
  'core/module/own-field.ts',
)
for (const file of forPeople.filter((each) => !each.endsWith('.test.ts'))) {
  const source = readFileSync(file, 'utf8')
  for (const [, code = '', rest = ''] of source.matchAll(
    /'((?:access|action|data|field|record|request|http|import|migration|module|naming|modules|schema|valid)\.[a-z_0-9]+)'(?=([\s\S]{0,400}))/g,
  )) {
    // What an integrator must mend is said in English alone.
    if (/^,\s*(module\b|`)/.test(rest)) continue
    const [, text, other] =
      /^[,:]\s*(?:text:\s*)?(?:[^'"`;{}]{0,60}\?\s*)?('[^\n]*?'|"[^\n]*?")(?=[,)\]\s])(?:\s*:\s*('[^\n]*?')(?=[,)\s]))?/.exec(rest) ?? []
    const texts = [text, other].flatMap((each) => (each === undefined ? [] : [each.slice(1, -1)]))
    thrown.set(code, [...(thrown.get(code) ?? []), ...texts])
  }
}
/** Without what only a catalogue says: how a number is written, and what stands with one. */
const simple = (message: string): string =>
  message.replace(/\{(\w+), plural, one \{[^}]*\} other \{#([^}]*)\}\}/g, '{$1}$2').replace(/\{(\w+), number\}/g, '{$1}')
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)

describe('The English of core', () => {
  test('has a message for every code that core throws, and no other', () => {
    expect(thrown.size).toBeGreaterThan(90)
    expect([...coreTexts.keys()]).toEqual([...thrown.keys()].sort())
  })

  test.each([...thrown])('%s is said as it is thrown, and names nothing that could be missing', (code, texts) => {
    const message = coreTexts.get(code)!
    expect(() => new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true })).not.toThrow()
    const [first, ...others] = new Set(texts)
    if (first === undefined) return
    if (others.length === 0) expect(simple(message)).toBe(first)
    const always = others.map(placeholders).reduce((all, one) => all.filter((name) => one.includes(name)), placeholders(first))
    expect(placeholders(simple(message)).filter((name) => !always.includes(name))).toEqual([])
  })
})
