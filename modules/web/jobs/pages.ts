/** `/jobs`: what is done by the clock, and what failed for good, to be done again or taken out. */
import { administrator } from '@tessera/base'
import { type Page, page, type Reply, type Request, type Services } from '@tessera/core'
import { done } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { isId } from '../server/control.ts'
import { readerOf } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'

const may = administrator
const path = '/jobs'
const render = templates(new URL('../templates/', import.meta.url))

export const jobPages: readonly Page[] = [
  page('GET /jobs', { may, respond: jobsPage }),
  page('POST /jobs/retry', { may, respond: (request, services) => settle(request, services, 'retry') }),
  page('POST /jobs/discard', { may, respond: (request, services) => settle(request, services, 'discard') }),
]

async function jobsPage(request: Request, services: Services): Promise<Reply> {
  const { t, formats, now } = readerOf(services)
  const { running, waiting, failed, scheduled } = await queueOf(services).look()
  const when = (at: Date) => ({ iso: at.toISOString(), shown: formats.when(at, now), title: formats.exact(at) })
  const about = {
    csrf: request.csrf,
    now: t('web.jobs_now', { running: formats.count(running), waiting: formats.count(waiting) }),
    failed: failed.map(({ id, task, attempts, failedAt, error }) => ({
      id,
      task,
      error,
      at: when(failedAt),
      attempts: t('web.job_attempts', { count: attempts }),
    })),
    scheduled: scheduled.map(({ task, every, doneAt }) => ({ task, every, ...(doneAt && { at: when(doneAt) }) })),
  }
  return services.screens.page(request, { title: t('web.jobs'), content: render('jobs', about, services), at: path })
}

async function settle(request: Request, services: Services, deed: 'retry' | 'discard'): Promise<Reply> {
  const { t } = readerOf(services)
  const id = textIn(request, 'job') ?? ''
  const isDone = isId(id) && (await queueOf(services)[deed](id))
  if (!isDone) return done(request, path, { tone: 'error', text: t('web.job_gone') })
  return done(request, path, { tone: 'success', text: t(deed === 'retry' ? 'web.job_retry_done' : 'web.job_discard_done') })
}

const queueOf = ({ jobs }: Services) => jobs.asKeeper('The pages of the queue are for administrators alone.')
