/** One operation: how far it is, how it ended, what it did. */
import { html, NotFound, type Reply, type Request, type Services, spoken } from '@tessera/core'
import { courseModel, doingIn } from './course.ts'
import { entriesOf, titlesOf } from './operations-page.ts'
import { appsPath, archiveHref, moduleHref, operationHref, operationsPath } from './places.ts'
import { render } from './render.ts'
import { allModules } from './worded.ts'

/** The parameter of a page that asks again how far it is. */
const polling = 'waiting'

export async function operationPage(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const found = await modules.progress(request.params.id)
  if (!found) throw new NotFound('apps.no_operation', 'There is no such operation, or it is older than what this database keeps.')
  const all = await allModules(services)
  const titles = titlesOf(all)
  const [entry] = await entriesOf(services, [found], titles)
  const changed = found.modules.filter(({ becomes }) => becomes !== 'unchanged')
  const comes = changed.filter(({ becomes }) => becomes === 'installed' || becomes === 'enabled').map(({ name }) => name)
  const running = new Set(services.app.modules.map((one) => one.package.name))
  const enabled = new Set(all.flatMap(({ name, state }) => (state === 'enabled' ? [name] : [])))
  // By what the database has now: somebody may have done something else with them since.
  const isFollowed = changed.every(({ name }) => running.has(name) === enabled.has(name))
  // Until the processes have followed, its screens are not there.
  const waits = found.state === 'running' || (found.state === 'done' && !isFollowed)
  // What came or went is in the places beside the page as well: that takes all of it.
  if (!waits && request.query.has(polling)) return html('', { headers: { 'hx-redirect': operationHref(found.id) } })
  const archive = await modules.archive(found)
  const content = render(
    'apps-operation',
    {
      ...entry,
      apps: appsPath,
      operations: operationsPath,
      doing: found.doing === '' ? text('apps.starting') : doingIn(services, found.doing),
      step: found.steps > 0 ? text('apps.step', { step: found.step, steps: found.steps }) : undefined,
      progress: found,
      waits,
      polling,
      follows: found.state === 'done' && !isFollowed,
      places: found.state === 'done' && isFollowed ? screens.places(comes.filter((name) => running.has(name))) : [],
      failure: found.failure && spoken(services, { ...found.failure, code: found.failure.code ?? '', values: found.failure.values ?? {} }),
      left: found.left && spoken(services, found.left).sentence,
      modules: changed.map(({ name, version, becomes }) => ({
        href: moduleHref(name),
        name: titles.get(name) ?? name,
        version,
        isGone: becomes === 'removed' && !titles.has(name),
        became: text(`apps.became_${becomes}`),
      })),
      files: found.files,
      archive: archive && { href: archiveHref(found.id), name: archive.name },
      again: found.names.filter((name) => titles.has(name)).map(moduleHref)[0],
      ...(found.state === 'running' ? {} : courseModel(services, found, await modules.course(found.id))),
    },
    services,
  )
  const page = await screens.page(request, { title: entry?.title ?? '', content, at: appsPath })
  return { ...page, headers: { ...page.headers, 'cache-control': 'no-store' } }
}
