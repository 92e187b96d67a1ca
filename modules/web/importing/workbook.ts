/** An Excel workbook as CSV: its first sheet that is not hidden, as its cells are meant and not as they are formatted. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BadRequest, UserError } from '@tessera/core'
import { mostColumns } from './header.ts'
import type { WorkbookFault, WorkbookTask } from './workbook-worker.ts'

export interface WorkbookLimits extends Pick<WorkbookTask, 'mostBytes' | 'mostRows'> {
  readonly mostMegabytesOfMemory: number
  readonly mostMilliseconds: number
}
const usual: WorkbookLimits = { mostBytes: 100_000_000, mostRows: 100_000, mostMegabytesOfMemory: 512, mostMilliseconds: 120_000 }

/** The path of the CSV file, written into the folder. Throws a UserError for what is no workbook or holds too much. */
export async function asCsv(path: string, folder: string, name: string, limits: Partial<WorkbookLimits> = {}): Promise<string> {
  const { mostBytes, mostRows, mostMegabytesOfMemory, mostMilliseconds } = { ...usual, ...limits }
  const to = join(folder, 'sheet.csv')
  const worker = new Worker(new URL('./workbook-worker.ts', import.meta.url), {
    workerData: { path, to, mostBytes, mostRows, mostColumns } satisfies WorkbookTask,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytesOfMemory },
    // What a sheet is unpacked to while it waits for its texts is people's data too: it goes with the folder.
    env: { TMPDIR: folder },
  })
  const fault = await answerOf(worker, mostMilliseconds)
  if (fault === undefined) return to
  switch (fault) {
    case 'unpacked': {
      const sentence = '"{name}" holds more than can be unpacked here ({most} MB). Save the sheet as CSV, or in several files.'
      throw new TooLarge('web.import_unpacked', sentence, { name, most: mostBytes / 1_000_000 })
    }
    case 'rows': {
      const sentence = '"{name}" has more than {most} rows. Save it in several files, or as CSV.'
      throw new TooLarge('web.import_too_many_rows', sentence, { name, most: mostRows })
    }
    case 'columns':
      throw new TooLarge('web.import_too_many_columns', '"{name}" has more than {most} columns.', { name, most: mostColumns })
    case 'broken': {
      const sentence = '"{name}" cannot be read as an Excel workbook. Open it, save it anew as .xlsx or CSV, and choose that file.'
      throw new BadRequest('web.import_broken_workbook', sentence, { name })
    }
  }
}

/** What takes too much memory or too long holds too much. */
async function answerOf(worker: Worker, mostMilliseconds: number): Promise<WorkbookFault | undefined> {
  const late = setTimeout(() => worker.terminate(), mostMilliseconds)
  try {
    return await new Promise<WorkbookFault | undefined>((resolve, reject) => {
      worker
        .once('message', resolve)
        .once('error', (error: NodeJS.ErrnoException) => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve('unpacked') : reject(error)))
        .once('exit', () => resolve('unpacked'))
    })
  } finally {
    clearTimeout(late)
    await worker.terminate()
  }
}

class TooLarge extends UserError {
  override readonly status: number = 413
}
