/** One module: what it is, what it needs, what it brings, and what can be done with it. */
import type { Reply, Request, Services } from '@tessera/core'
import { partsOf } from './module-parts.ts'
import { appsPath, moduleHref } from './places.ts'
import { render } from './render.ts'
import { badgeOf, offersFor, versionOf } from './standing.ts'
import { allModules, worded } from './worded.ts'

export async function modulePage(request: Request<{ name: string }>, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const known = worded(services, await modules.named(request.params.name))
  const all = await allModules(services)
  const link = (name: string) => {
    const other = all.find((one) => one.name === name)
    return { href: moduleHref(name), title: other?.title ?? name, isAbsent: other?.state === 'absent', isMissing: !other }
  }
  const brings = known.version === undefined ? text('apps.no_code') : await modules.brings(known.name)
  const readme = await modules.readme(known.name)
  const content = render(
    'apps-module',
    {
      ...known,
      apps: appsPath,
      version: versionOf(known),
      kindLabel: text(`apps.kind_${known.kind}`),
      isAbsent: known.state === 'absent',
      badge: badgeOf(services, known),
      offers: offersFor(services, known),
      places: known.state === 'enabled' ? screens.places([known.name]) : [],
      needs: known.depends.map(link),
      neededBy: all.filter(({ depends }) => depends.includes(known.name)).map(({ name }) => link(name)),
      readme: readme && (await formatted(readme, services)),
      ...(typeof brings === 'string' ? { problem: brings } : { parts: partsOf(services, known, brings) }),
    },
    services,
  )
  return screens.page(request, { title: known.title, content, at: appsPath })
}

/** What reads Markdown comes with the first page that has some: no other process needs to hold it. */
async function formatted(readme: string, { text }: Services): Promise<string> {
  const { readmeHtml } = await import('./readme.ts')
  return readmeHtml(readme, { table: text('apps.readme_table'), code: text('apps.readme_code') })
}
