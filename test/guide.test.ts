/** The guide shows what is: each sample stands in the file that its first line names. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const samples = [...readFileSync('docs/guide/module-author.md', 'utf8').matchAll(/^```(?:ts|json|hbs)\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)]

test('The guide has samples', () => expect(samples.length).toBeGreaterThan(8))

test.each(samples.map(([, file = '', sample = '']) => ({ file, sample })))('A sample of the guide stands in $file', ({ file, sample }) => {
  expect(readFileSync(file, 'utf8')).toContain(sample.trimEnd())
})
