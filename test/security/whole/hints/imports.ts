/** Files that somebody takes in: chosen, matched, imported, and the rows that were refused. */
import { ImportRun } from '../../../../modules/web/importing/import-run.model.ts'
import type { Ask } from '../client.ts'
import { form, get, type Hints, type Stage } from '../stage.ts'

export const importHints: Hints = {
  'GET /:model/import': async (stage) => ({ person: await stage.somebody('agent'), ask: get('/partners/import') }),
  'POST /:model/import': async (stage) => ({ person: await stage.somebody('agent'), ask: sending() }),
  'GET /:model/imports/:run': ofImport((path) => get(path)),
  'POST /:model/imports/:run': ofImport((path) => form(path, { 'column.0': 'name', do: 'match' })),
  'GET /:model/imports/:run/refused': ofImport((path) => get(`${path}/refused`), { 'column.0': 'name', 'column.1': 'email', do: 'import' }),
}

/** Of a file that an agent just chose, and with `done` imported. */
function ofImport(make: (path: string) => Ask, done?: Readonly<Record<string, string>>): Hints[string] {
  return async (stage: Stage) => {
    const person = await stage.somebody('agent')
    await stage.do(person, sending())
    const run = await stage.system.records.find(ImportRun, { user: person.user })
    const path = `/partners/imports/${run?.id}`
    if (done) await stage.do(person, form(path, done))
    return { person, ask: make(path) }
  }
}

/** One row that can be taken in, and one that is refused. */
function sending(): Ask {
  const content = 'name,email\r\nWalked in,walked@people.example\r\nWalked out,no address\r\n'
  const body = `--x\r\ncontent-disposition: form-data; name="file"; filename="walked.csv"\r\n\r\n${content}\r\n--x--\r\n`
  return { method: 'POST', path: '/partners/import', body, type: 'multipart/form-data; boundary=x' }
}
