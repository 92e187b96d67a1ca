/** Shipped records: those that were changed on both sides, and those that go while others still point at them. */
import { labelOf, type Plan, pluralCode, type Services } from '@tessera/core'

export function conflictsOf({ app, text }: Services, { data }: Plan) {
  return data
    .filter(({ change }) => change === 'conflict')
    .flatMap(({ label, model, key, fields = [] }) =>
      fields.map(({ field, now, here }) => ({
        record: label,
        key,
        field: fieldLabel(model, field),
        here: shown(here),
        shipped: shown(now),
      })),
    )

  function fieldLabel(model: string, name: string): string {
    const field = app.models.byName(model)?.fields.get(name)
    return field ? labelOf(field, text) : name
  }
}

interface InUse {
  readonly key: string
  readonly name: string
  readonly label: string
  readonly model: string
  readonly uses: string
  /** Undefined where its model is not there to choose from: then its id or key is typed. */
  readonly options: readonly { readonly value: string; readonly label: string }[] | undefined
}

/** Each record that needs a replacement, with those of its model that could be it. */
export async function replacementsFor(services: Services, { data }: Plan): Promise<readonly InUse[]> {
  const { app, text } = services
  const labels = new Map<string, readonly { value: string; label: string }[] | undefined>()
  const found: InUse[] = []
  for (const { key, model, label, change, uses = [] } of data) {
    if (change !== 'in use') continue
    if (!labels.has(model)) labels.set(model, await recordsOf(services, model))
    const counts = uses.map((use) => {
      const of = app.models.byName(use.model)
      const field = of?.fields.get(use.field)
      return text('apps.plan_use', {
        count: use.count,
        model: of ? text(pluralCode(of)) : use.model,
        field: field ? labelOf(field, text) : use.field,
      })
    })
    const options = labels.get(model)?.filter((option) => option.label !== label)
    const its = app.models.byName(model)
    found.push({ key, name: `replace.${key}`, label, model: its ? labelOf(its, text) : model, uses: counts.join(', '), options })
  }
  return found
}

async function recordsOf(
  { app, records, context }: Services,
  name: string,
): Promise<readonly { value: string; label: string }[] | undefined> {
  const model = app.models.byName(name)
  if (!model) return undefined
  const { rows } = await records.query(model.handle, { fields: ['id', ...model.title.needs], limit: mostOptions, offered: true })
  return rows.map((row) => ({
    value: String((row as { id: string }).id),
    label: model.title.code(row as never, { now: context.now, isNew: false }),
  }))
}

const mostOptions = 200

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
