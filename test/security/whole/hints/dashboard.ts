/** What staff does to a dashboard, of which everybody has one. */
import { Role } from '@tessera/base'
import { form, get, type Hints } from '../stage.ts'

const card = '/dashboard/cards/card-ticket-open-tickets'
const of =
  (ask: ReturnType<typeof get>): Hints[string] =>
  async (stage) => ({ person: await stage.somebody('agent'), ask })

export const dashboardHints: Hints = {
  'POST /dashboard/add': of(form('/dashboard/add', { back: '/tickets', name: 'All of them', as: 'number', dated: 'none' })),
  'POST /dashboard/add/choose': of(form('/dashboard/add/choose', { view: '/tickets' })),
  'GET /dashboard/cards/:card': of(get(card)),
  'GET /dashboard/cards/:card/edit': of(get(`${card}/edit`)),
  'POST /dashboard/cards/:card/edit': of(form(`${card}/edit`, { name: 'What is open' })),
  'GET /dashboard/cards/:card/remove': of(get(`${card}/remove`)),
  'POST /dashboard/cards/:card/remove': of(form(`${card}/remove`)),
  'POST /dashboard/cards/:card/move': of(form(`${card}/move`)),
  'POST /dashboard/share': async (stage) => {
    const role = await stage.system.records.find(Role, { name: 'agent' })
    return { person: await stage.somebody('manager'), ask: form('/dashboard/share', { role: role!.id }) }
  },
}
