/** Hears of it when the installed modules change, whoever changes them and on whatever machine. */
import type { Logger } from 'pino'
import { listen } from '../../database/announcements.ts'
import { revisionOf } from '../../installation/revision.ts'

export interface Changes {
  /** Of the database, now. */
  revision(): Promise<number>
  close(): Promise<void>
}

/** `onLook` is called when it is said that something changed (`isNews`), and every two seconds, since nobody is told twice. */
export async function followChanges(url: string, log: Logger, onLook: (isNews: boolean) => void): Promise<Changes> {
  const announcements = await listen(url, {
    name: () => `tessera supervisor ${process.pid}`,
    onMessage: ({ kind }) => kind === 'modules' && onLook(true),
    onReconnect: () => onLook(false),
    log,
  })
  const clock = setInterval(onLook, lookEveryMs, false)
  return {
    revision: () => revisionOf(announcements.run),
    async close() {
      clearInterval(clock)
      await announcements.close()
    },
  }
}

const lookEveryMs = 2_000
