/** Files that are sent, read and taken away. */
import type { Ask } from '../client.ts'
import { form, get, type Hints, type Newcomer, type Stage } from '../stage.ts'

export const fileHints: Hints = {
  'GET /api/attachments': byAdministrator(async ({ ticket }) => get(`/api/attachments?model=ticket&record=${ticket}`)),
  'POST /api/attachments': byAdministrator(async ({ ticket }) => sending('/api/attachments', { model: 'ticket', record: ticket })),
  'GET /api/attachments/:id/content': byAdministrator(async ({ file }) => get(`/api/attachments/${file}/content`)),
  'DELETE /api/attachments/:id': byAdministrator(async ({ file }) => ({ method: 'DELETE', path: `/api/attachments/${file}` })),
  'GET /attachments/:id': byAdministrator(async ({ file }) => get(`/attachments/${file}`)),
  'POST /attachments': byAdministrator(async () => sending('/attachments', {})),
  'POST /:model/:id/files': byAdministrator(async ({ ticket }) => sending(`/tickets/${ticket}/files`, {})),
  'GET /:model/:id/files/:file/delete': byAdministrator(async ({ ticket, file }) => get(`/tickets/${ticket}/files/${file}/delete`)),
  'POST /:model/:id/files/:file/delete': byAdministrator(async ({ ticket, file }) => form(`/tickets/${ticket}/files/${file}/delete`)),
}

/** With a ticket that has a file. */
function byAdministrator(make: (about: { readonly ticket: string; readonly file: string }) => Promise<Ask>): Hints[string] {
  return async (stage) => {
    const person = await stage.somebody('administrator')
    const { ticket } = await stage.customer()
    return { person, ask: await make({ ticket, file: await fileOf(stage, person, ticket) }) }
  }
}

async function fileOf(stage: Stage, person: Newcomer, ticket: string): Promise<string> {
  const { text } = await stage.do(person, sending('/api/attachments', { model: 'ticket', record: ticket }))
  return JSON.parse(text).data[0].id
}

function sending(path: string, fields: Readonly<Record<string, string>>): Ask {
  const part = (about: string, content: string) => `--x\r\ncontent-disposition: form-data; ${about}\r\n\r\n${content}\r\n`
  const said = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, value))
  const body = `${said.join('')}${part('name="files"; filename="walked.txt"', 'Walked')}--x--\r\n`
  return { method: 'POST', path, body, type: 'multipart/form-data; boundary=x' }
}
