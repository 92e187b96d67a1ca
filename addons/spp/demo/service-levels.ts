import type { Records, Services } from '@tessera/core'

/** What the programmes promise, where the desk has service levels: in the hours of their offices. */
export async function writePolicies({ app }: Services, records: Records): Promise<void> {
  const [hours, time, holiday, policy] = ['workingHours', 'workingTime', 'holiday', 'slaPolicy'].map((name) => app.models.byName(name))
  if (!hours || !time || !holiday || !policy) return
  const workingHours = (await records.create(hours.handle, { name: 'Offices of the programmes', zone: 'Africa/Banjul' })).id
  const days = [
    ...['1', '2', '3', '4'].map((weekday) => ({ weekday, begins: '08:00', ends: '16:00' })),
    { weekday: '5', begins: '08:00', ends: '12:30' },
  ]
  await records.createMany(
    time.handle,
    days.map((day) => ({ ...day, workingHours })),
  )
  const free = [
    { day: '2026-12-25', name: 'Christmas Day' },
    { day: '2027-01-01', name: 'New Year’s Day' },
    { day: '2027-02-18', name: 'Independence Day' },
  ]
  await records.createMany(
    holiday.handle,
    free.map((day) => ({ ...day, workingHours })),
  )
  const office = 8 * hour
  await records.createMany(policy.handle, [
    {
      name: 'Grave complaints',
      rank: 10,
      condition: { sppSeverity: 'grave' },
      workingHours,
      firstResponse: 4 * hour,
      resolution: 5 * office,
      atRisk: 4 * hour,
    },
    {
      name: 'Urgent and high',
      rank: 20,
      condition: { priority: { level: { $gte: 3 } } },
      workingHours,
      firstResponse: office,
      resolution: 8 * office,
      atRisk: office,
    },
    { name: 'Everything else', rank: 90, workingHours, firstResponse: 3 * office, resolution: 20 * office, atRisk: 3 * office },
  ])
}
const hour = 60
