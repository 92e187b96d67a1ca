/** How far an operation is, and which there were. */
import { User } from '@tessera/base'
import { NotFound, type Progress, type Reply, type Request, type Services } from '@tessera/core'
import { appsPath, moduleHref, operationHref, operationsPath } from './places.ts'
import { render } from './render.ts'
import { said } from './said.ts'

export async function operationPage(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const found = await modules.progress(request.params.id)
  if (!found) throw new NotFound('apps.no_operation', 'There is no such operation, or it is older than what this database keeps.')
  const titles = await titlesOf(services)
  const [entry] = await entriesOf(services, [found], titles)
  const changed = found.modules.filter(({ becomes }) => becomes !== 'unchanged')
  const content = render(
    'apps-operation',
    {
      ...entry,
      apps: appsPath,
      operations: operationsPath,
      doing: found.doing === '' ? text('apps.starting') : found.doing,
      step: found.steps > 0 ? text('apps.step', { step: found.step, steps: found.steps }) : undefined,
      progress: found,
      failure: found.failure && failureOf(services, found.failure),
      modules: changed.map(({ name, version, becomes }) => ({
        href: moduleHref(name),
        name: titles.get(name) ?? name,
        version,
        isGone: becomes === 'removed',
        became: text(`apps.became_${becomes}`),
      })),
      files: found.files,
      again: found.names.filter((name) => titles.has(name)).map(moduleHref)[0],
    },
    services,
  )
  const page = await screens.page(request, { title: entry?.title ?? '', content, at: appsPath })
  return { ...page, headers: { ...page.headers, 'cache-control': 'no-store' } }
}

export async function operationsPage(request: Request, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const all = await modules.history(mostShown)
  const content = render('apps-operations', { apps: appsPath, entries: await entriesOf(services, all, await titlesOf(services)) }, services)
  return screens.page(request, { title: text('apps.operations'), content, at: appsPath })
}

const mostShown = 100

async function titlesOf({ modules }: Services): Promise<ReadonlyMap<string, string>> {
  return new Map((await modules.list()).map(({ name, title }) => [name, title]))
}

async function entriesOf(services: Services, all: readonly Progress[], titles: ReadonlyMap<string, string>) {
  const { text, records, context } = services
  const ids = [...new Set(all.flatMap(({ askedBy }) => askedBy ?? []))]
  const users = ids.length === 0 ? [] : (await records.query(User, { fields: ['id', 'name'], where: { id: ids }, limit: ids.length })).rows
  const names = new Map(users.map(({ id, name }) => [id, name]))
  const list = new Intl.ListFormat(context.locale)
  return all.map((one) => ({
    href: operationHref(one.id),
    title: text(`apps.${one.verb}_title`, { name: list.format(one.names.map((name) => titles.get(name) ?? name)) }),
    state: one.state,
    stateLabel: text(`apps.operation_${one.state}`),
    by: one.askedBy === null ? text('apps.command_line') : (names.get(one.askedBy) ?? text('apps.somebody')),
    at: one.begunAt.toLocaleString(context.locale, { timeZone: context.zone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }),
    took: one.endedAt && text('apps.took', { seconds: Math.max(1, Math.round((one.endedAt.getTime() - one.begunAt.getTime()) / 1000)) }),
  }))
}

function failureOf(services: Services, { sentence, code, values = {}, hint }: NonNullable<Progress['failure']>) {
  return code === undefined ? { sentence, hint } : said(services, { code, values, message: sentence, hint })
}
