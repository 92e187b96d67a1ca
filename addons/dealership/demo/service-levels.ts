import type { Records, Services } from '@tessera/core'

/** What the distributor promises, where the desk has service levels. */
export async function writePolicies({ app }: Services, records: Records): Promise<void> {
  const [hours, time, policy] = ['workingHours', 'workingTime', 'slaPolicy'].map((name) => app.models.byName(name))
  if (!hours || !time || !policy) return
  const workingHours = (await records.create(hours.handle, { name: 'Opening hours of the dealers', zone: 'Asia/Baghdad' })).id
  await records.createMany(
    time.handle,
    ['7', '1', '2', '3', '4'].flatMap((weekday) => [
      { workingHours, weekday, begins: '08:30', ends: '13:00' },
      { workingHours, weekday, begins: '14:00', ends: '18:00' },
    ]),
  )
  const day = 510
  await records.createMany(policy.handle, [
    {
      name: 'Safety recalls',
      rank: 10,
      condition: { type: { code: 'ssc_inquiry' } },
      workingHours,
      firstResponse: day,
      resolution: 5 * day,
      atRisk: day,
    },
    {
      name: 'Test drives and bookings',
      rank: 20,
      condition: { type: { code: { $in: ['test_drive', 'service_booking'] } } },
      workingHours,
      firstResponse: 240,
      resolution: 8 * day,
      atRisk: 240,
    },
    { name: 'Everything else', rank: 90, workingHours, firstResponse: day, resolution: 15 * day, atRisk: 2 * day },
  ])
}
