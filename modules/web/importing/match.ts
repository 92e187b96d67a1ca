/** What stands before somebody who matches a file: each column with the field that it fills, and the first rows as they would be read. */
import {
  type Encoding,
  encodings,
  firstRows,
  type ImportPreview,
  type ModelMeta,
  type PreviewRow,
  previewRecords,
  UserError,
} from '@tessera/core'
import type { Reader } from '../server/reader.ts'
import { valueInWords } from '../server/words.ts'
import { filledBy, type ImportRun } from './import-run.model.ts'
import { withLocal } from './kept-file.ts'
import { keysOf, type Target, targetsOf, wantedOf } from './matching.ts'
import { saidOf } from './upload-page.ts'
import { importWords } from './words.ts'

/** Rows that are shown. */
const mostShown = 8
/** The first rows lie in the first bytes. */
const mostRead = 4_000_000

export async function matchOf(reader: Reader, model: ModelMeta, run: ImportRun) {
  const { t } = reader
  const targets = targetsOf(reader, model)
  const { samples, preview, wrong } = await read(reader, model, run)
  const keys = keysOf(targets, run.columns)
  const key = keyOf(run, keys)
  // Two records with one id of theirs there cannot be, so rows that have one are never simply new.
  const isKept = keys.some(({ path }) => path === 'externalId' || path === 'id')
  return {
    length: t('web.import_rows', { count: run.total }),
    columns: run.header.flatMap((name, index) => (name === '' ? [] : [columnOf(name, index, run, targets, samples)])),
    keys: [...(isKept ? [] : [{ path: '', label: t('web.import_all_new') }]), ...keys].map(({ path, label }) => ({
      path,
      label,
      chosen: path === (key ?? ''),
    })),
    ...(run.encoding !== null && { encodings: encodings.map((name) => encodingOf(reader, name, run)) }),
    wrong,
    preview: preview && {
      heads: preview.columns.map(({ header }) => targets.find(({ path }) => path === filledBy(run.columns, header))?.label ?? header),
      tells: preview.key !== undefined,
      lines: preview.rows.map((row) => rowOf(reader, row, preview)),
      more: run.total > preview.rows.length,
    },
  }
}

const encodingOf = ({ t }: Reader, name: Encoding, run: ImportRun) => ({
  name,
  label: t(`web.encoding_${name.replaceAll('-', '_')}`),
  chosen: name === run.encoding,
})

/** As the engine would take it. */
function keyOf(run: ImportRun, keys: readonly Target[]): string | undefined {
  return wantedOf(run).id?.field ?? keys.find(({ path }) => path === 'externalId')?.path
}

function columnOf(
  name: string,
  index: number,
  { columns }: ImportRun,
  targets: readonly Target[],
  samples: readonly (readonly string[])[],
) {
  const options = targets.map(({ path, label }) => ({ path, label, chosen: filledBy(columns, name) === path }))
  const values = samples.map((cells) => cells[index]?.trim() ?? '').filter(Boolean)
  return {
    name,
    index,
    options,
    isUnused: filledBy(columns, name) === undefined,
    sample: [...new Set(values)].slice(0, 3).join(' · ').slice(0, 120),
  }
}

function rowOf(reader: Reader, { row, values, problems, isKnown }: PreviewRow, { columns }: ImportPreview) {
  const { t } = reader
  const wrongAt = (header: string | null) => problems.flatMap(({ column, sentence }) => (column === header ? [sentence] : [])).join(' ')
  const whole = wrongAt(null)
  return {
    number: row.number,
    ...(whole !== '' && { wrong: whole }),
    tells: t(isKnown ? 'web.import_known' : 'web.import_new'),
    isKnown,
    cells: columns.map(({ index, header, field }) => {
      const text = row.cells[index]?.trim() ?? ''
      const wrong = wrongAt(header)
      const read = field.kind === 'scalar' && field.name in values ? valueInWords(reader, field, values[field.name]) : undefined
      return { text: wrong === '' ? (read ?? text) : text, ...(wrong !== '' && { wrong }) }
    }),
  }
}

interface Read {
  readonly samples: readonly (readonly string[])[]
  readonly preview?: ImportPreview
  /** Why they cannot be read so. */
  readonly wrong?: string
}

async function read({ services, t }: Reader, model: ModelMeta, run: ImportRun): Promise<Read> {
  const { header, delimiter, total, name } = run
  let samples: Read['samples'] = []
  try {
    return await withLocal(services, run.file, look, mostRead)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { samples, wrong: saidOf({ services }, error) }
  }

  async function look(file: string): Promise<Read> {
    const sheet = { file, name, header, delimiter, encoding: run.encoding ?? 'utf-8', total }
    const rows = await firstRows(sheet, mostShown)
    samples = rows.map(({ cells }) => cells)
    if (Object.keys(run.columns).length === 0) return { samples, wrong: t('web.import_match_one') }
    const about = { model, sheet, rows, services: services.importing(), words: importWords(model, t), ...wantedOf(run) }
    return { samples, preview: await previewRecords(about) }
  }
}
