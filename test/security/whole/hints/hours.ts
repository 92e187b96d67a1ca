/** Working hours and what is written on clocks. */
import { WorkingHours } from '@tessera/sla'
import { type Hints, json } from '../stage.ts'

let made = 0

export const hourHints: Hints = {
  'POST /api/working-times': async (stage) => {
    made += 1
    const { id: workingHours } = await stage.system.records.create(WorkingHours, { name: `Shift ${made}` })
    const ask = json('/api/working-times', { workingHours, weekday: '3', begins: '09:00', ends: '12:30' })
    return { person: await stage.somebody('manager'), ask }
  },
}
