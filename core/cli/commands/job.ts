/** `tessera job`: what the queue does by the clock, and what failed in it for good. */
import type { Command } from 'commander'
import { NotFound } from '../../errors.ts'
import type { FailedJob, KeptJobs } from '../../service/kept-jobs.ts'
import { type Cli, servicesOf, withApp } from '../cli.ts'
import { confirmed } from '../prompts.ts'
import { count, shownTime, table } from '../terminal.ts'

export function addJob(program: Command, cli: Cli): void {
  const job = program.command('job').description('list the jobs, do failed ones again or take them out')
  job
    .command('list')
    .description('list the latest hundred that failed as often as jobs are tried, and what is done by the clock')
    .action(() => withQueue(cli, (queue) => listJobs(cli, queue)))
  job
    .command('retry')
    .argument('<id>')
    .description('do a failed job again, as soon as a process does jobs')
    .action((id: string) => withQueue(cli, (queue) => retryJob(cli, queue, id)))
  job
    .command('discard')
    .argument('<id>')
    .description('take a failed job out for good')
    .action((id: string) => withQueue(cli, (queue) => discardJob(cli, queue, id)))
}

async function withQueue(cli: Cli, work: (queue: KeptJobs) => Promise<void>): Promise<void> {
  await withApp(cli, async ({ app }) =>
    work((await servicesOf(app, 'cli')).jobs.asKeeper('Whoever has the command line of a deployment looks after its queue.')),
  )
}

async function listJobs({ terminal }: Cli, queue: KeptJobs): Promise<void> {
  const { running, waiting, failed, scheduled } = await queue.look()
  terminal.answer({ running, waiting, failed, scheduled }, () =>
    [
      `${count(running, 'job')} running, ${waiting} waiting, ${failed.length} failed.`,
      ...(failed.length > 0
        ? [
            '',
            table(
              ['FAILED', 'JOB', 'TRIED', 'AT', 'ERROR'],
              failed.map(({ id, task, attempts, failedAt, error }) => [id, task, `${attempts}`, shownTime(failedAt), error]),
            ),
          ]
        : []),
      ...(scheduled.length > 0
        ? [
            '',
            table(
              ['BY THE CLOCK', 'EVERY (UTC)', 'LAST DONE'],
              scheduled.map(({ task, every, doneAt }) => [task, every, shownTime(doneAt)]),
            ),
          ]
        : []),
    ].join('\n'),
  )
}

async function retryJob({ terminal }: Cli, queue: KeptJobs, id: string): Promise<void> {
  const { task } = await failedOne(queue, id)
  if (!(await queue.retry(id))) throw settled(id)
  terminal.answer({ retried: id, job: task }, () => `${task} is done again.`)
}

async function discardJob({ terminal }: Cli, queue: KeptJobs, id: string): Promise<void> {
  const { task, error } = await failedOne(queue, id)
  await confirmed(terminal, `Take ${task} out for good? It failed with: ${error}`)
  if (!(await queue.discard(id))) throw settled(id)
  terminal.answer({ discarded: id, job: task }, () => `${task} is taken out.`)
}

async function failedOne(queue: KeptJobs, id: string): Promise<FailedJob> {
  const job = (await queue.look()).failed.find((failed) => failed.id === id)
  if (!job) throw settled(id)
  return job
}

function settled(id: string): NotFound {
  const hint = 'tessera job list shows those that failed.'
  return new NotFound('cli.no_job', 'There is no failed job "{id}".', { id }, { hint })
}
