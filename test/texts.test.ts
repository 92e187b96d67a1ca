/** Whatever a person reads stands in English, French and Arabic: of each module with what it depends on, and of all together. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compose } from '../core/module/compose.ts'
import type { Composition } from '../core/module/composition.ts'
import { discover } from '../core/module/discover.ts'
import { loadModules } from '../core/module/load.ts'

const languages = ['fr', 'ar'] as const
const modules = ['modules', 'addons'].flatMap((folder) => readdirSync(folder))

describe('Every text', () => {
  it.each([...modules.map((name) => [name, [name]] as const), ['all modules together', modules] as const])(
    'of %s is there in English, French and Arabic',
    async (_, names) => {
      expect(missingIn(compose(await loadModules(await discover(process.cwd(), []), names)))).toEqual([])
    },
  )
})

describe('An action that is not always possible', () => {
  it('says why, and what to do instead, where it is not', async () => {
    const { models, actions } = compose(await loadModules(await discover(process.cwd(), []), modules))
    const all = models.all.flatMap((model) => actions(model))
    const silent = all.filter(({ when, run, otherwise }) => when !== undefined && run && otherwise === undefined)
    expect(silent.map(({ model, name }) => `${model.name}.${name}`)).toEqual([])
    expect(all.filter(({ otherwise }) => otherwise).length).toBeGreaterThan(10)
  })
})

/** Of models that nobody opens only what the Apps page says: what they are called, and the fields that other modules add to them. */
function missingIn({ models, texts }: Composition): readonly string[] {
  const hidden = new Map(models.all.filter(({ exposed }) => !exposed).map((model) => [model.name, model]))
  const isSaid = (code: string): boolean => {
    const [name = '', kind, field = '', ...more] = code.split('.')
    const model = hidden.get(name)
    if (!model || kind === 'plural') return true
    const added = kind === 'field' && more.length === 0 ? model.fields.get(field) : undefined
    return added !== undefined && added.module !== model.module
  }
  const codes = [...(texts.get('en')?.keys() ?? [])].filter(isSaid)
  return languages.flatMap((language) => codes.filter((code) => !texts.get(language)?.has(code)).map((code) => `${language} ${code}`))
}
