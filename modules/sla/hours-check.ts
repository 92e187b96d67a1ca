/** What hours and promises must be together: looked at once, when all lines of a form are written. */
import { on, type Records, type Services, UserError } from '@tessera/core'
import { afterMinutes } from './business-time.ts'
import { calendarsOf } from './calendars.ts'
import { SlaPolicy } from './policy.model.ts'
import { Holiday, WorkingHours, WorkingTime } from './working-hours.model.ts'

type OfHours = { readonly workingHours: { readonly id: string } }
function changed({ workingHours }: OfHours, { records, serviceLevels }: Services): void {
  serviceLevels.changing()
  records.atEnd(checkHours, workingHours.id)
}

export const keepsHours = [
  on(WorkingTime, 'create', changed),
  on(WorkingTime, 'update', changed),
  on(WorkingTime, 'delete', changed),
  on(Holiday, 'create', changed),
  on(Holiday, 'update', changed),
  on(WorkingHours, ['zone'], (_, { serviceLevels }) => serviceLevels.changing()),
  on(SlaPolicy, 'delete', (_, { serviceLevels }) => serviceLevels.changing()),
  on(SlaPolicy, ['condition', 'rank', 'active', 'workingHours', 'firstResponse', 'resolution', 'atRisk'], changed),
]

async function checkHours(ids: readonly string[], services: Services): Promise<void> {
  const system = services.asSystem('Whether hours and promises fit together does not depend on who changes them.')
  // One change at a time: of two that are written at once, neither would see the other's hours.
  await system.alone('working hours')
  for (const id of new Set(ids)) {
    const hours = await system.find(WorkingHours, { id })
    if (!hours) continue
    await refuseOverlap(system, id, services)
    await refuseUnreachable(system, hours, services)
  }
}

async function refuseOverlap(records: Records, id: string, { text }: Services): Promise<void> {
  const { rows } = await records.query(WorkingTime, {
    fields: ['weekday', 'begins', 'ends'],
    where: { workingHours: id },
    order: { weekday: 'asc', begins: 'asc' },
    limit: 200,
  })
  for (const [at, next] of rows.entries()) {
    const before = rows[at - 1]
    if (before?.weekday !== next.weekday || before.ends <= next.begins) continue
    const [one, other] = [before, next].map(({ begins, ends }) => `${begins}–${ends}`)
    throw new UserError(
      'sla.overlap',
      'On {weekday} the hours {one} and {other} overlap. Make one line of them, or let one begin when the other has ended.',
      { weekday: text(`workingTime.field.weekday.${next.weekday}`), one, other },
    )
  }
}

/** A promise that no hour ever comes for would be looked for in vain with every ticket. */
async function refuseUnreachable(records: Records, { id, name }: WorkingHours, { context }: Services): Promise<void> {
  const { rows } = await records.query(SlaPolicy, {
    fields: ['name', 'firstResponse', 'resolution'],
    where: { active: true, workingHours: id },
    limit: 200,
  })
  const calendar = (await calendarsOf(records, [id])).get(id)
  for (const policy of rows) {
    const minutes = Math.max(policy.firstResponse ?? 0, policy.resolution ?? 0)
    if (!calendar || afterMinutes(calendar, context.now, minutes)) continue
    const values = { hours: name, policy: policy.name, minutes }
    if (calendar.times.length === 0)
      throw new UserError(
        'sla.no_hours',
        'The working hours "{hours}" have no hours of a week, so that what the policy "{policy}" promises would never be due. Add hours to them, or choose others.',
        values,
      )
    throw new UserError(
      'sla.too_far',
      'The working hours "{hours}" have so few hours that what the policy "{policy}" promises within {minutes} minutes would be due in more than ten years. Add hours to them, or promise it sooner.',
      values,
    )
  }
}
