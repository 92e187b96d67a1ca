/** The house rules as tests: one line in a test file gives a module all of them. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { rulesOfTheHouse } from '../house-rules.ts'
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

    for (const { rule, findings } of rulesOfTheHouse) {
      test(rule, async () => {
        expect(await findings({ name, folder, composition: app.composition, connection: app.connection })).toEqual([])
      })
    }
  })
}
