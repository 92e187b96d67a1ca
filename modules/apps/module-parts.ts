/** What a module brings, kind by kind. */
import { type Brought, type DeclaredChange, type Right, type Services, textIn } from '@tessera/core'
import { labelIn, type WordedModule } from './worded.ts'

/** What people ask about first stands first; how it is made, last. */
const order = ['view', 'menu', 'setting', 'role', 'right', 'action', 'job', 'page', 'route', 'command', 'service'] as const

interface Part {
  readonly label: string
  readonly count: number
  readonly entries: readonly { readonly label: string; readonly name?: string | undefined; readonly note?: string }[]
}

export function partsOf(services: Services, { name: module }: WordedModule, { declared, rights, fields }: Brought): readonly Part[] {
  const { text } = services
  const part = (kind: string, entries: Part['entries']): readonly Part[] =>
    entries.length === 0 ? [] : [{ label: text(`apps.part_${kind}`), count: entries.length, entries }]
  const models = new Set(declared.filter(({ kind }) => kind === 'model').map(({ name }) => name))
  const elsewhere = fields.filter(({ name }) => !models.has(name.slice(0, name.indexOf('.'))))
  const of = (wanted: DeclaredChange['kind']): Part['entries'] =>
    declared
      .filter(({ kind }) => kind === wanted)
      .map((each) => {
        const label = sayers[each.kind]?.(services, each) ?? labelIn(services, each)
        return { label, name: wordless(module, each.name, label) }
      })
  return [
    ...part('model', of('model')),
    ...part(
      'field',
      elsewhere.map((field) => ({ label: labelIn(services, field), name: field.name })),
    ),
    ...order.flatMap((kind) => part(kind, kind === 'right' ? rightsOf(services, rights) : of(kind))),
  ]
}

/** What no catalogue has a text for, because its name says what it is. */
const sayers: { readonly [kind in DeclaredChange['kind']]?: (services: Services, each: Declared) => string } = {
  view: viewLabel,
  service: serviceLabel,
}
type Declared = Brought['declared'][number]

/** Nothing where the author's name for it says no more than its label. */
function wordless(module: string, name: string, label: string): string | undefined {
  return name === label || name.startsWith(`${module}: `) ? undefined : name
}

/** `ticket.form` is the form of tickets; `ticket by warranty` changes screens of another module. */
function viewLabel(services: Services, view: Declared): string {
  const model = labelIn(services, view)
  const kind = / by /.test(view.name) ? 'patch' : (/\.(list|form|kanban|calendar|search)\b/.exec(view.name)?.[1] ?? 'patch')
  return services.text(`apps.view_${kind}`, { model })
}

/** `tickets of warranty`: what another module does, done otherwise. */
function serviceLabel({ text }: Services, { name }: Declared): string {
  const [service = name, by] = name.split(' of ')
  return by === undefined ? service : text('apps.service_changed', { name: service })
}

/** A line for each role and what it may do alike: `Agent · Read, update: Tickets, Partners`. */
function rightsOf({ text, context: { locale } }: Services, rights: readonly Right[]): Part['entries'] {
  const list = new Intl.ListFormat(locale, { type: 'unit', style: 'short' })
  const verbIn = ({ name, labels }: Right['verbs'][number]) => (labels ? textIn(labels, locale) : text(`base.explain.verb.${name}`))
  const groups = Map.groupBy(rights, ({ role, may, verbs, permission }) => JSON.stringify([role, may, permission ? 'named' : verbs]))
  return [...groups.values()].map((alike) => {
    const [{ role, may, verbs }] = alike as [Right, ...Right[]]
    const things = [...new Set(alike.map(({ model, permission }) => textIn(permission ?? model ?? {}, locale)))].filter(
      (each) => each !== '',
    )
    const isNamed = alike[0]?.permission !== undefined
    const what = isNamed ? list.format(things) : text('apps.right', { verbs: list.format(verbs.map(verbIn)), models: list.format(things) })
    return { label: textIn(role, locale), note: may ? what : text('apps.right_not', { what }) }
  })
}
