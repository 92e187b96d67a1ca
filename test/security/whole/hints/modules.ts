/** Pages of what is done with modules and with fields that were added here. */
import { randomUUID } from 'node:crypto'
import { get, type Hints, type Stage } from '../stage.ts'

export const moduleHints: Hints = {
  'GET /apps/operations/:id': byAdministrator(async (stage) => `/apps/operations/${await operation(stage, 'upgrade', 'ticket')}`),
  'GET /custom/progress/:id': byAdministrator(async (stage) => `/custom/progress/${await operation(stage, 'field', 'ticket.x_walked')}`),
  'GET /custom/change/:model/:name': byAdministrator(async ({ desk }) => {
    const definition = JSON.stringify({ type: 'text', label: { en: 'Walked' } })
    await desk.connection.run(`insert into tessera_field (model, name, definition) values ('ticket', 'x_walked', $1)`, [definition])
    return '/custom/change/ticket/x_walked'
  }),
}

/** Routes that start the command line in the folder of a deployment, which this desk has not. */
export const moduleElsewhere: Readonly<Record<string, string>> = {
  'GET /apps/:name/:verb/plan': 'test/cli/apps.test.ts',
  'POST /apps/:name/:verb': 'test/cli/apps.test.ts',
  'GET /apps/operations/:id/archive': 'test/cli/apps.test.ts',
  'GET /apps/leftovers/plan': 'test/cli/apps.test.ts',
  'POST /apps/leftovers': 'test/cli/apps.test.ts',
  'GET /custom/plan': 'modules/custom/custom.test.ts',
  'POST /custom/plan': 'modules/custom/custom.test.ts',
  'GET /custom/remove/:model/:name': 'modules/custom/custom.test.ts',
  'POST /custom/remove/:model/:name': 'modules/custom/custom.test.ts',
}

function byAdministrator(make: (stage: Stage) => Promise<string>): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('administrator'), ask: get(await make(stage)) })
}

/** One that has begun. */
async function operation({ desk }: Stage, verb: string, name: string): Promise<string> {
  const id = randomUUID()
  await desk.connection.run('insert into tessera_operation (id, verb, names, digest) values ($1, $2, $3, $4)', [id, verb, [name], 'walked'])
  return id
}
