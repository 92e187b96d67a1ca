/** The rules that every module keeps, ours and other people's: one line in a test file gives them all. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { schemaDifference } from '../installation/schema.ts'
import { discover } from '../module/discover.ts'
import { bootTest, type TestApp } from './index.ts'

/** `houseRules('ticket')`: boots the module with its dependencies alone and looks at what it declares. */
export function houseRules(name: string, root = process.cwd()): void {
  describe(`the module "${name}"`, () => {
    let app: TestApp
    let folder: string
    beforeAll(async () => {
      const found = (await discover(root, [])).find((each) => each.name === name)
      if (!found) throw new Error(`There is no module "${name}" in modules/ or addons/.`)
      folder = found.folder
      app = await bootTest(inject('postgresUrl'), [name])
    })
    afterAll(() => app?.close())

    test('boots alone with its dependencies, every view, rule and condition naming what exists', () => {
      expect(app.composition.modules.map((each) => each.package.name)).toContain(name)
    })
    test('leaves nothing to change in a schema that was just made', async () => {
      expect(await schemaDifference(app.connection)).toEqual([])
    })
    test('declares whom each route and page lets in', () => {
      const mine = [...app.composition.routes, ...app.composition.pages].filter((each) => each.module === name)
      expect(mine.filter((each) => !each.may)).toEqual([])
    })
    test('lets nobody do anything without a rule', () => {
      for (const model of app.composition.models.all.filter((each) => each.module === name)) {
        for (const verb of ['create', 'read', 'update', 'delete']) expect(app.callers.anonymous.ability.possible(verb, model)).toBe(false)
      }
    })
    test('has a text for every field, action and filter it declares', () => {
      const english = app.composition.texts.get('en')!
      for (const model of app.composition.models.all) {
        const fields = [...model.fields.values()].filter((each) => each.module === name && !['id', 'version'].includes(each.name))
        for (const field of fields) expect(english.get(`${model.name}.field.${field.name}`), `${model.name}.${field.name}`).toBeTruthy()
        for (const action of app.composition.actions(model).filter((each) => each.module === name)) {
          expect(english.get(`${model.name}.action.${action.name}`), action.name).toBeTruthy()
        }
      }
    })
    test('shows each of its exposed models in a list and a form', () => {
      for (const model of app.composition.models.all.filter((each) => each.module === name && each.exposed)) {
        const screens = app.composition.screens(model)
        expect(screens.list.of.length, model.name).toBeGreaterThan(0)
        expect(screens.form.of.length, model.name).toBeGreaterThan(0)
      }
    })
    test('names itself and its version, and says in a README what it is for', () => {
      const { name: packageName, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
      expect(packageName).toMatch(new RegExp(`(^|/)${name}$`))
      expect(version).toMatch(/^\d+\.\d+\.\d+/)
      expect(existsSync(join(folder, 'README.md'))).toBe(true)
    })
    test('has a test of its own', () => {
      const files = readdirSync(folder, { recursive: true }).map(String)
      expect(files.some((file) => file.endsWith('.test.ts'))).toBe(true)
    })
  })
}
