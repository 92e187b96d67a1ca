/** What comes, changes and goes besides the schema, in a few lines. */
import type { DeclaredChange, Plan, Services } from '@tessera/core'
import { labelIn } from './worded.ts'

/** What it is about stands first: what comes, or of a module that leaves what goes. */
const changes = { coming: ['added', 'changed', 'removed'], leaving: ['removed', 'changed', 'added'] } as const
/** Of these the names say something to people; of the others the number does. */
const named = ['model', 'role', 'menu', 'action', 'setting'] as const satisfies readonly DeclaredChange['kind'][]
const counted = ['field', 'view', 'job', 'page', 'route', 'command', 'service', 'rule'] as const satisfies readonly DeclaredChange['kind'][]
const mostNames = 6

export interface DeclaredGroup {
  readonly title: string
  readonly lines: readonly string[]
}

export function declaredModel(services: Services, { declared, data, schema, operation: { verb } }: Plan): readonly DeclaredGroup[] {
  const { text, context } = services
  const list = new Intl.ListFormat(context.locale, { type: 'unit', style: 'short' })
  return changes[verb === 'disable' || verb === 'uninstall' || verb === 'purge' ? 'leaving' : 'coming'].flatMap((change) => {
    const of = (kind: DeclaredChange['kind']) => declared.filter((each) => each.change === change && each.kind === kind)
    const count = (kind: string, found: number) => text(`apps.count_${kind}`, { count: found })
    const records = data.filter((each) => each.change === change).length
    const lines = [
      ...named.flatMap((kind) => {
        const found = of(kind)
        const labels = found.slice(0, mostNames).map((each) => labelIn(services, each))
        const names = list.format(found.length > mostNames ? [...labels, '…'] : labels)
        return found.length === 0 ? [] : [text('apps.plan_named', { what: count(kind, found.length), names })]
      }),
      ...counted.flatMap((kind) => (of(kind).length === 0 ? [] : [count(kind, of(kind).length)])),
      ...(records === 0 ? [] : [count('record', records)]),
    ]
    return lines.length === 0 ? [] : [{ title: text(`apps.plan_${change}`, { also: schema.length > 0 }), lines }]
  })
}
