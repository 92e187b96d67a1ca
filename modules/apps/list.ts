/** All modules as cards: searched by name, model or field, filtered by how they stand. */
import type { Brought, Reply, Request, Services } from '@tessera/core'
import { appsPath, leftoversPath, moduleHref, operationsPath } from './places.ts'
import { render } from './render.ts'
import { badgeOf, offersFor, standingOf, versionOf } from './standing.ts'
import { allModules, labelIn, type WordedModule } from './worded.ts'

const filters = {
  all: () => true,
  installed: (known: WordedModule) => known.state !== 'absent',
  upgrades: (known: WordedModule) => standingOf(known) === 'upgrade',
  absent: (known: WordedModule) => known.state === 'absent',
} as const satisfies Readonly<Record<string, (known: WordedModule) => boolean>>
type Filter = keyof typeof filters

export async function listPage(request: Request, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const asked = request.query.get('show') ?? 'all'
  const shown: Filter = asked in filters ? (asked as Filter) : 'all'
  const words = (request.query.get('q') ?? '').trim().slice(0, 100)
  const all = await allModules(services)
  const leftovers = await modules.leftovers()
  const found = words === '' ? all : await matching(services, all, words)
  const content = render(
    'apps-list',
    {
      action: appsPath,
      operations: operationsPath,
      leftovers: leftovers.length > 0 ? { href: leftoversPath, count: leftovers.length } : undefined,
      q: words,
      show: shown === 'all' ? undefined : shown,
      filters: (Object.keys(filters) as Filter[]).map((name) => ({
        label: text(`apps.show_${name}`),
        count: found.filter(filters[name]).length,
        current: name === shown,
        href: hrefOf(name, words),
      })),
      cards: found.filter(filters[shown]).map((known) => cardOf(services, known)),
      everything: hrefOf('all', ''),
    },
    services,
  )
  return screens.page(request, { title: text('apps.title'), content, at: appsPath })
}

function cardOf(services: Services, known: WordedModule) {
  const [offer] = offersFor(services, known)
  const isOffered = known.state === 'absent' || offer?.verb === 'upgrade'
  return {
    ...known,
    version: versionOf(known),
    href: moduleHref(known.name),
    badge: badgeOf(services, known),
    isAbsent: known.state === 'absent',
    offer: isOffered ? { ...offer, named: services.text('apps.do_to', { verb: offer?.label, name: known.title }) } : undefined,
  }
}

/** By what people call it, and by the names and labels of its models, roles and fields. */
async function matching(services: Services, all: readonly WordedModule[], words: string): Promise<readonly WordedModule[]> {
  const wanted = plain(words)
  const catalog = await services.modules.catalog()
  return all.filter((known) => {
    const brings = catalog.get(known.name)
    return [known.name, known.title, known.summary, ...(brings ? namesIn(services, brings) : [])].some((each) =>
      plain(each).includes(wanted),
    )
  })
}

function namesIn(services: Services, { declared, fields }: Brought): readonly string[] {
  const models = declared.filter(({ kind }) => kind === 'model' || kind === 'role')
  return [...models, ...fields].flatMap((each) => [each.name, each.label, labelIn(services, each)])
}

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

function hrefOf(show: Filter, q: string): string {
  const query = new URLSearchParams({ ...(q !== '' && { q }), ...(show !== 'all' && { show }) })
  return query.size === 0 ? appsPath : `${appsPath}?${query}`
}
