/** One module: what it is, what it needs, what it brings, and what can be done with it. */
import type { Brought, DeclaredChange, KnownModule, Reply, Request, Services } from '@tessera/core'
import { appsPath, moduleHref } from './places.ts'
import { render } from './render.ts'
import { badgeOf, offersFor, versionOf } from './standing.ts'

export async function modulePage(request: Request<{ name: string }>, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const known = await modules.named(request.params.name)
  const all = await modules.list()
  const link = (name: string) => {
    const other = all.find((one) => one.name === name)
    return { href: moduleHref(name), title: other?.title ?? name, isAbsent: other?.state === 'absent', isMissing: !other }
  }
  const brings = known.version === undefined ? text('apps.no_code') : await modules.brings(known.name)
  const content = render(
    'apps-module',
    {
      ...known,
      apps: appsPath,
      version: versionOf(known),
      newer: known.installed !== undefined && known.version !== known.installed ? known.version : undefined,
      kindLabel: text(`apps.kind_${known.kind}`),
      isAbsent: known.state === 'absent',
      badge: badgeOf(services, known),
      offers: offersFor(services, known),
      needs: known.depends.map(link),
      neededBy: all.filter(({ depends }) => depends.includes(known.name)).map(({ name }) => link(name)),
      ...(typeof brings === 'string' ? { problem: brings } : { parts: partsOf(services, known, brings) }),
    },
    services,
  )
  return screens.page(request, { title: known.title, content, at: appsPath })
}

/** What people ask about first stands first; how it is made, last. */
const order = ['model', 'role', 'action', 'menu', 'view', 'setting', 'job', 'page', 'route', 'command', 'service', 'rule'] as const

interface Part {
  readonly label: string
  readonly count: number
  readonly entries: readonly { readonly label: string; readonly name?: string | undefined }[]
}

function partsOf({ text }: Services, { name: module }: KnownModule, { declared, permissions, fields }: Brought): readonly Part[] {
  const part = (kind: string, entries: Part['entries']): readonly Part[] =>
    entries.length === 0 ? [] : [{ label: text(`apps.part_${kind}`), count: entries.length, entries }]
  const models = new Set(declared.filter(({ kind }) => kind === 'model').map(({ name }) => name))
  const elsewhere = fields.filter(({ name }) => !models.has(name.slice(0, name.indexOf('.'))))
  const of = (wanted: DeclaredChange['kind']) =>
    declared.filter(({ kind }) => kind === wanted).map(({ name, label }) => ({ label, name: wordless(module, name, label) }))
  const [first, ...rest] = order
  return [
    ...part(first, of(first)),
    ...part(
      'field',
      elsewhere.map(({ name, label }) => ({ label, name })),
    ),
    ...rest.flatMap((kind) => part(kind, of(kind))),
    ...part(
      'permission',
      permissions.map((label) => ({ label })),
    ),
  ]
}

/** Nothing where the author's name for it says no more than its label. */
function wordless(module: string, name: string, label: string): string | undefined {
  return name === label || name.startsWith(`${module}: `) ? undefined : name
}
