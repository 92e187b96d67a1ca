/** Which operations there were: what, by whom, when, how long, and how each ended. */
import { User } from '@tessera/base'
import type { Progress, Reply, Request, Services } from '@tessera/core'
import { appsPath, operationHref } from './places.ts'
import { render } from './render.ts'
import { allModules, type WordedModule } from './worded.ts'

export async function operationsPage(request: Request, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const all = await modules.history(mostShown)
  const content = render(
    'apps-operations',
    { apps: appsPath, entries: await entriesOf(services, all, titlesOf(await allModules(services))) },
    services,
  )
  return screens.page(request, { title: text('apps.operations'), content, at: appsPath })
}

const mostShown = 100

/** By the names of the modules. */
export function titlesOf(all: readonly WordedModule[]): ReadonlyMap<string, string> {
  return new Map(all.map(({ name, title }) => [name, title]))
}

export async function entriesOf(services: Services, all: readonly Progress[], titles: ReadonlyMap<string, string>) {
  const { text, records, context } = services
  const ids = [...new Set(all.flatMap(({ askedBy }) => askedBy ?? []))]
  const users = ids.length === 0 ? [] : (await records.query(User, { fields: ['id', 'name'], where: { id: ids }, limit: ids.length })).rows
  const names = new Map(users.map(({ id, name }) => [id, name]))
  const list = new Intl.ListFormat(context.locale)
  return all.map((one) => ({
    href: operationHref(one.id),
    title: text(`apps.${one.verb}_title`, { name: list.format(one.names.map((name) => titles.get(name) ?? name)) }).trim(),
    state: one.state,
    stateLabel: text(`apps.operation_${one.left ? 'half_way' : one.state}`),
    by: one.askedBy === null ? text('apps.command_line') : (names.get(one.askedBy) ?? text('apps.somebody')),
    at: one.begunAt.toLocaleString(context.locale, { timeZone: context.zone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }),
    took: one.endedAt && text('apps.took', { seconds: Math.max(1, Math.round((one.endedAt.getTime() - one.begunAt.getTime()) / 1000)) }),
  }))
}
