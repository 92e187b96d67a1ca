import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = new URL('./refused/', import.meta.url)

interface Refusal {
  readonly at: string
  readonly message: string
}

test('The compiler refuses every marked mistake with the marked words, and nothing else', async () => {
  const refusals = await compiled()
  const marks = marked()
  expect(marks.length).toBeGreaterThan(90)
  const lines = new Set([...marks, ...refusals].map(({ at }) => at))
  const wrong = [...lines].flatMap((at) => {
    const expected = marks.find((mark) => mark.at === at)?.message
    const said = refusals.filter((refusal) => refusal.at === at).map(({ message }) => message)
    if (expected !== undefined && said.some((message) => message.includes(expected))) return []
    return [{ at, expected, said }]
  })
  expect(wrong).toEqual([])
}, 120_000)

/**
 * Where something is refused (`views.ts:7`) and what is said about it, the explanations included. In one thread, so that a
 * conflict between files is told at one of them only.
 */
async function compiled(): Promise<readonly Refusal[]> {
  const tsc = [
    `${root}/node_modules/typescript/bin/tsc`,
    '--noEmit',
    '--singleThreaded',
    '--pretty',
    'false',
    '-p',
    'test/types/refused/tsconfig.json',
  ]
  const output = await new Promise<string>((done) => {
    execFile(process.execPath, tsc, { cwd: root, maxBuffer: 2 ** 26 }, (_, stdout) => done(stdout))
  })
  return output
    .split(/\n(?=\S)/)
    .filter(Boolean)
    .map((entry) => {
      const [, file, line] = /^test\/types\/refused\/(.+?)\((\d+),\d+\): error/.exec(entry) ?? []
      return { at: file ? `${file}:${line}` : 'elsewhere', message: entry }
    })
}

/** A mark says what is refused on the line below it. */
function marked(): readonly Refusal[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8')
        .split('\n')
        .flatMap((line, at) => {
          const [, message] = /^\s*\/\/ refused: (.+)$/.exec(line) ?? []
          return message ? [{ at: `${file}:${at + 2}`, message }] : []
        }),
    )
}
