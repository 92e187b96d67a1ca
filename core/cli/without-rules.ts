/** Where modules read and write without rules: every `asSystem('why')` and `bySystem('why')` in their files, for a person to judge. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { LoadedModule } from '../module/composition.ts'

export interface WithoutRules {
  readonly module: string
  readonly file: string
  readonly why: string
}

export async function withoutRules(modules: readonly LoadedModule[]): Promise<readonly WithoutRules[]> {
  const found: WithoutRules[] = []
  for (const { package: one } of modules) {
    const names = await readdir(one.folder, { recursive: true })
    const sources = names.filter((name) => /\.[jt]s$/.test(name) && !/\.test\.[jt]s$|(^|\/)node_modules\//.test(name)).sort()
    for (const file of sources) {
      const text = await readFile(join(one.folder, file), 'utf8')
      for (const [, , why = ''] of text.matchAll(/\b(?:as|by)System\(\s*(['"`])(.*?)\1/gs))
        found.push({ module: one.name, file: relative('.', file), why })
    }
  }
  return found
}
