/** A plan as its page shows it. */
import { labelOf, type Plan, type PlannedModule, pluralCode, type Services, spoken } from '@tessera/core'
import type { Asked } from './asked.ts'
import { declaredModel } from './plan-declared.ts'
import { conflictsOf, replacementsFor } from './plan-records.ts'
import { schemaModel } from './plan-schema.ts'

/** Whether it takes rows or values that cannot be brought back but from the archive. */
export function destroys({ loses }: Plan): boolean {
  return loses.rows + loses.values > 0
}

/** Whoever takes these pages away could not see what becomes of it. */
export function takesThisPage({ modules }: Plan): boolean {
  return modules.some(({ name, becomes }) => name === 'apps' && (becomes === 'disabled' || becomes === 'removed'))
}

export async function planModel(services: Services, { known, operation, typed, at }: Asked, plan: Plan) {
  const { text } = services
  const changed = plan.modules.filter(({ becomes }) => becomes !== 'unchanged')
  const needed = plan.refusals.find(({ code }) => code === 'module.needed')
  const inUse = await replacementsFor(services, plan)
  const refusals = plan.refusals.filter(({ code }) => code !== 'module.needed' && code !== 'module.record_in_use')
  const isEmpty = changed.length + plan.schema.length + plan.declared.length + plan.data.length + plan.migrations.length === 0
  const declared = declaredModel(services, plan)
  const runs = { title: text('apps.plan_runs'), lines: await whileItRuns(services, plan) }
  return {
    known: known ?? { title: text('apps.leftovers'), icon: 'trash' },
    isAbsent: known?.state === 'absent',
    version: known && (plan.modules.find(({ name }) => name === known.name)?.version ?? known.version ?? known.installed),
    lead: leadOf(services, plan),
    chips: chipsOf(plan.modules),
    order:
      plan.modules.length === 0
        ? undefined
        : text('apps.plan_order', { changed: changed.length, present: plan.modules.length - changed.length }),
    ...schemaModel(services, plan),
    groups: isEmpty || plan.refusals.length > 0 ? declared : [...declared.slice(0, 1), runs, ...declared.slice(1)],
    conflicts: conflictsOf(services, plan),
    refusals: refusals.map((each) => spoken(services, each)),
    itself: takesThisPage(plan),
    needed: needed && spoken(services, needed),
    dependants: operation.dependants === true,
    verb: operation.verb,
    inUse,
    chosen: Object.entries(operation.replace ?? {}).map(([key, by]) => ({ name: `replace.${key}`, value: by })),
    isEmpty: isEmpty && plan.refusals.length === 0,
    isPossible: plan.refusals.length === 0 && !isEmpty && !takesThisPage(plan),
    hasChoices: needed !== undefined || inUse.length > 0,
    again: at,
    digest: plan.digest,
    mustType: destroys(plan) ? typed : undefined,
    offersBackup: operation.verb === 'upgrade' || operation.verb === 'uninstall',
    danger: destroys(plan),
    nothing: text(operation.verb === 'purge' ? 'apps.nothing_left' : 'apps.nothing'),
    confirm: text(`apps.confirm_${operation.verb}`, { count: changed.length }),
  }
}

function leadOf({ app, text, context }: Services, plan: Plan): string {
  const { operation, modules, declared } = plan
  const models = new Set(
    declared.flatMap(({ kind, change, name }) => (kind === 'field' && change === 'added' ? [name.split('.')[0] ?? ''] : [])),
  )
  const labels = [...models].flatMap((name) => {
    const model = app.models.byName(name)
    return model ? [labelOf(model, text)] : []
  })
  const comes = modules.some(({ becomes }) => becomes === 'installed')
  const names = new Intl.ListFormat(context.locale).format(labels)
  if (operation.verb === 'uninstall' && plan.refusals.length === 0 && !destroys(plan)) return text('apps.plan_lead_uninstall_empty')
  return comes && labels.length > 0 ? text('apps.plan_extends', { names }) : text(`apps.plan_lead_${operation.verb}`)
}

/** Those that are there already stand first, then an arrow before each that changes. */
function chipsOf(modules: readonly PlannedModule[]) {
  const [still, changed] = [
    modules.filter(({ becomes }) => becomes === 'unchanged'),
    modules.filter(({ becomes }) => becomes !== 'unchanged'),
  ]
  return [...still, ...changed].map(({ name, version, from, becomes }, at) => ({
    label: becomes === 'unchanged' ? name : from ? `${name} ${from} → ${version}` : `${name} ${version}`,
    becomes,
    joint: at === 0 ? undefined : becomes === 'unchanged' ? 'plus' : 'arrow',
  }))
}

async function whileItRuns(
  { modules, text, context, app }: Services,
  { schema, seconds, loses, migrations, operation }: Plan,
): Promise<readonly string[]> {
  const apart = schema.filter((change) => change.apart).length
  const number = new Intl.NumberFormat(context.locale)
  const backup = await modules.lastBackup()
  const filling = migrations.flatMap(({ backfill }) => (backfill?.apart ? [backfill] : []))
  return [
    text('apps.plan_seconds', { seconds: Math.max(1, Math.ceil(seconds)) }),
    text('apps.plan_whole', { count: schema.length - apart }),
    ...(apart > 0 ? [text('apps.plan_apart', { count: apart })] : []),
    ...migrations.map(({ module, name }) => text('apps.plan_migration', { module, name })),
    ...filling.map(({ rows, model }) => {
      const of = app.models.byName(model)
      return text('apps.plan_filling', { rows, model: of ? text(pluralCode(of)) : model })
    }),
    ...(loses.rows > 0 ? [text('apps.plan_loses_rows', { rows: number.format(loses.rows), count: loses.rows })] : []),
    ...(loses.values > 0 ? [text('apps.plan_loses_values', { values: number.format(loses.values), count: loses.values })] : []),
    ...(operation.verb === 'disable' ? [text('apps.plan_keeps')] : []),
    backup
      ? text('apps.plan_backup', {
          at: backup.at.toLocaleString(context.locale, {
            timeZone: context.zone,
            dateStyle: 'medium',
            timeStyle: 'short',
            hourCycle: 'h23',
          }),
          size: `${number.format(Math.max(0.1, Math.round(backup.bytes / 100_000) / 10))} MB`,
        })
      : text('apps.plan_no_backup'),
  ]
}
