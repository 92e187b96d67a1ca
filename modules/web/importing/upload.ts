/** Takes a file in: looks at it as a whole, and writes down what there is to match. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { BadRequest, type Encoding, type ModelMeta, openSheet, type Request, TooMany, type UploadedFile, UserError } from '@tessera/core'
import type { Reader } from '../server/reader.ts'
import { refuseHeader } from './header.ts'
import { ImportRun } from './import-run.model.ts'
import { forgetFile, keepFile, withLocal } from './kept-file.ts'
import { firstMatch, headingOf } from './matching.ts'
import { asCsv } from './workbook.ts'

/** The id of what was begun; a UserError says what is wrong with the file, of which nothing is kept then. */
export async function takeUpload(reader: Reader, request: Pick<Request, 'files'>, model: ModelMeta): Promise<string> {
  await refuseFlood(reader)
  for await (const file of request.files) {
    refuseKind(file)
    return await begin(reader, model, await keepFile(reader.services, file))
  }
  throw new BadRequest('web.import_no_file', 'Choose a file first.')
}

/** One of them may be as large as an attachment. */
const mostAnHour = 60

async function refuseFlood({ services }: Reader): Promise<void> {
  const { count, seconds } = await services.limits.count(`imports ${services.context.caller.id}`, 3_600)
  if (count > mostAnHour)
    throw new TooMany('base.files_flood', 'You have sent very many files; send the next in {seconds} seconds.', seconds, { seconds })
}

function refuseKind({ name }: UploadedFile): void {
  if (/\.(csv|tsv|txt|xlsx)$/i.test(name)) return
  throw new UserError('web.import_kind', '"{name}" is neither CSV nor an Excel workbook (.xlsx). Save it as one of these.', { name })
}

type Kept = { readonly id: string; readonly name: string }

async function begin(reader: Reader, model: ModelMeta, sent: Kept): Promise<string> {
  let kept = sent
  try {
    kept = await inCsv(reader, sent)
    const sheet = await sheetOf(reader, model, kept.id, sent.name)
    const draft = {
      user: reader.services.context.caller.id!,
      model: model.name,
      name: sent.name,
      file: kept.id,
      ...sheet,
      // A workbook says itself what it holds.
      encoding: kept === sent ? sheet.encoding : null,
      locale: reader.locale,
      state: 'matching' as const,
      reason: null,
      startedAt: null,
      finishedAt: null,
    }
    const why = 'A file is taken in for whoever may make records of its model, and is his.'
    return (await reader.services.asSystem(why).create(ImportRun, draft)).id
  } catch (error) {
    await forgetFile(reader.services, kept.id)
    throw error
  }
}

/** What there is to match in a file that is kept, with how it was or would be matched; in another encoding it is another header. */
export async function sheetOf(reader: Reader, model: ModelMeta, file: string | null, name: string, told?: Encoding) {
  const { header, delimiter, encoding, total } = await withLocal(reader.services, file, (path) => openSheet(path, name, told))
  refuseHeader(header, name)
  if (total === 0) throw new BadRequest('web.import_no_rows', '{file} names its columns and has no rows below them.', { file: name })
  return { header, delimiter, encoding, total, heading: headingOf(header), ...(await firstMatch(reader, model, header)) }
}

/** A workbook becomes CSV before anything else looks at it. */
async function inCsv({ services }: Reader, sent: Kept): Promise<Kept> {
  const csv = await withLocal(services, sent.id, async (path, folder) => {
    if (!(await isWorkbook(path))) return undefined
    const written = await asCsv(path, folder, sent.name)
    return keepFile(services, { field: 'file', name: `${sent.name}.csv`, type: 'text/csv', content: createReadStream(written) })
  })
  if (!csv) return sent
  await forgetFile(services, sent.id)
  return csv
}

/** By what it holds: a ZIP archive, whatever it is called. */
async function isWorkbook(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.toString('latin1') === 'PK\u0003\u0004'
  } finally {
    await file.close()
  }
}
