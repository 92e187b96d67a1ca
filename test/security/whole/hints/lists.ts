/** What belongs to lists: saved views and what is done to many. */
import { form, get, type Hints, type Stage } from '../stage.ts'

export const listHints: Hints = {
  'POST /:model/views/new': ofAgent(() => form('/tickets/views/new', { name: `View ${++made}`, back: '/tickets' })),
  'GET /:model/views/:view': ofView((path) => get(path)),
  'GET /:model/views/:view/edit': ofView((path) => get(`${path}/edit`)),
  'POST /:model/views/:view/edit': ofView((path) => form(`${path}/edit`, { name: `View ${++made}` })),
  'GET /:model/views/:view/remove': ofView((path) => get(`${path}/remove`)),
  'POST /:model/views/:view/remove': ofView((path) => form(`${path}/remove`)),
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
  await stage.do(person, form('/tickets/views/new', { name: `View ${made}`, back: '/tickets?filter=urgent' }))
  const { text } = await stage.do(person, get('/tickets'))
  return /(\/tickets\/views\/[0-9a-f-]{36})\/edit/.exec(text)?.[1] ?? '/tickets/views/none'
}
