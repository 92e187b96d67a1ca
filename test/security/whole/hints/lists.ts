/** What belongs to lists: saved views and what is done to many. */
import { Partner } from '@tessera/partner'
import { BulkRun } from '../../../../modules/web/bulk-run.model.ts'
import { form, get, type Hints, type Stage } from '../stage.ts'

export const listHints: Hints = {
  'POST /:model/views/save': ofAgent(() => form('/tickets/views/save', { name: `View ${++made}`, back: '/tickets' })),
  'GET /:model/views/:view': ofView((path) => get(path)),
  'GET /:model/views/:view/edit': ofView((path) => get(`${path}/edit`)),
  'POST /:model/views/:view/edit': ofView((path) => form(`${path}/edit`, { name: `View ${++made}` })),
  'GET /:model/views/:view/remove': ofView((path) => get(`${path}/remove`)),
  'POST /:model/views/:view/remove': ofView((path) => form(`${path}/remove`)),
  'GET /:model/:id/cell': ofManager((id) => get(`/tickets/${id}/cell?field=subject`)),
  'POST /:model/:id/cell': ofManager((id) => form(`/tickets/${id}/cell?field=subject`, { subject: 'Renamed in the list' })),
  'POST /:model/edit': ofManager((ids) => form('/tickets/edit', { id: ids, field: 'subject', subject: 'Renamed together', _go: '1' })),
  'POST /:model/archive': async (stage) => {
    made += 1
    const { id } = await stage.system.records.create(Partner, { name: `Walked ${made}` })
    return { person: await stage.somebody('manager'), ask: form('/partners/archive', { id }) }
  },
  'POST /:model/delete': ofManager((ids) => form('/tickets/delete', { id: ids })),
  'GET /:model/runs/:run': ofRun((path) => get(path)),
  'GET /:model/runs/:run/refused': ofRun((path) => get(`${path}/refused`)),
  'POST /:model/runs/:run/undo': ofRun((path) => form(`${path}/undo`)),
  'POST /:model/runs/:run/stop': ofRun((path) => form(`${path}/stop`)),
}

type Ask = ReturnType<typeof get>
let made = 0

function ofAgent(make: () => Ask): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('agent'), ask: make() })
}

/** Of a view that the agent just saved, by the way that he does. */
function ofView(make: (path: string) => Ask): Hints[string] {
  return async (stage) => {
    const person = await stage.somebody('agent')
    return { person, ask: make(await savedBy(stage, person)) }
  }
}

async function savedBy(stage: Stage, person: Awaited<ReturnType<Stage['somebody']>>): Promise<string> {
  made += 1
  await stage.do(person, form('/tickets/views/save', { name: `View ${made}`, back: '/tickets?filter=urgent' }))
  const { text } = await stage.do(person, get('/tickets'))
  return /(\/tickets\/views\/[0-9a-f-]{36})\/edit/.exec(text)?.[1] ?? '/tickets/views/none'
}

function ofManager(make: (ids: string) => Ask): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('manager'), ask: make((await stage.customer()).ticket) })
}

/** Of a change that the manager just made to many. */
function ofRun(make: (path: string) => Ask): Hints[string] {
  return async (stage) => {
    const person = await stage.somebody('manager')
    const { ticket } = await stage.customer()
    await stage.do(person, form('/tickets/edit', { id: ticket, field: 'subject', subject: 'Renamed alone', _go: '1' }))
    const run = await stage.system.records.find(BulkRun, { user: person.user })
    return { person, ask: make(`/tickets/runs/${run?.id}`) }
  }
}
