/** Taking a file in, in a browser: chosen, matched, tested and imported, with a script and without. */
import { Partner } from '@tessera/partner'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('An import in a browser', { timeout: 90_000 }, () => {
  let agent: string
  const desk = openDesk(['web', 'ticket'], async ({ system }) => {
    agent = (await system.identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
    await system.records.create(Partner, { name: 'Harbour Library', kind: 'company', externalId: 'C-1' })
  })

  const people = (mark: string) => `External id,Full name,Email,Kind,Company,Phone,Remark
C-1,Harbour Library,desk@library.example,Company,,+33 1 70 18 99 00,the old one
${mark}-1,Fatou Camara ${mark},fatou@mail.example,Person,Harbour Library,,
${mark}-2,Bob Dow ${mark},no address,robot,Nowhere Ltd,,called twice
`
  const choose = async (page: Page, name: string, content: string) => {
    await page.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
    await page.getByRole('button', { name: 'Next' }).click()
  }
  const field = (page: Page, column: string) => page.getByLabel(column, { exact: false }).first()

  it.each([true, false])(
    'matches the columns, says what is wrong where it stands, and keeps what is refused (script: %s)',
    async (javaScriptEnabled) => {
      const mark = javaScriptEnabled ? 'S' : 'N'
      const page = await desk.signedIn(agent, { javaScriptEnabled })
      await page.goto('/partners')
      await page.getByRole('link', { name: 'Import' }).click()
      await choose(page, `people-${mark}.csv`, people(mark))
      await page.getByRole('heading', { name: 'The first rows, as they would be read' }).waitFor()
      expect(await field(page, 'Kind').inputValue()).toBe('kind')
      // What nothing is called like: by hand, and the preview follows by itself, or by one press.
      await page.waitForLoadState()
      if ((await field(page, 'Full name').inputValue()) === '') {
        await field(page, 'Full name').selectOption('name')
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Show the preview again' }).click()
      }
      const preview = page.locator('.import-table')
      await preview.getByRole('cell', { name: `Fatou Camara ${mark}` }).waitFor()
      await preview.getByText('Kind must be one of person, company, not "robot".').waitFor()
      await page.getByRole('button', { name: 'Test' }).click()
      await page.getByText('Tested: nothing was written').waitFor()
      if (javaScriptEnabled) await expectSoundInEachLook(page, 'import-tested')
      expect(await desk.system.records.count(Partner, { where: { externalId: `${mark}-1` } })).toBe(0)
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await page.getByRole('link', { name: 'Show the records' }).waitFor()
      expect(await desk.system.records.count(Partner, { where: { externalId: `${mark}-1` } })).toBe(1)
      if (javaScriptEnabled) await expectSoundInEachLook(page, 'import-done')
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Refused rows as CSV' }).click()])
      expect(file.suggestedFilename()).toBe(`people-${mark}-refused.csv`)
      await page.getByRole('link', { name: 'Show the records' }).click()
      await page.getByRole('link', { name: `Fatou Camara ${mark}` }).waitFor()
    },
  )

  it('shows how far a long one is, and goes on to its end by itself', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/partners/import')
    await expectSoundInEachLook(page, 'import-choose')
    const rows = Array.from({ length: 230 }, (_, at) => `L-${at},Long ${at}`)
    await choose(page, 'long.csv', `External id,Name\n${rows.join('\n')}\n`)
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText('of 230 done').first().waitFor()
    await expectSound(page, 'import-running')
    await desk.app.queue.drain()
    await page.getByRole('link', { name: 'Show the records' }).waitFor()
    expect(await desk.system.records.count(Partner, { where: { name: { $contains: 'Long' } } })).toBe(230)
  })

  it('reads from right to left', async () => {
    const page = await desk.signedIn(agent, rightToLeft)
    await page.goto('/partners/import')
    await page.locator('input[type="file"]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(people('A')) })
    await page.locator('.import-choose button').click()
    await page.locator('.import-table').waitFor()
    await expectSound(page, 'import-arabic')
    await page.locator('button[value="test"]').click()
    await page.locator('.import-result').waitFor()
    await expectSound(page, 'import-tested-arabic')
  })
})
