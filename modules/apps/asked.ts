/** Which operation an address or a form asks for, and what it is about. */
import { type ModuleVerb, NotFound, type Operation, type Request, type Services } from '@tessera/core'
import { appsPath, leftoversPath, moduleHref } from './places.ts'
import { type WordedModule, worded } from './worded.ts'

export type OfOperation = Request<{ name: string; verb: string }>

const verbs = ['install', 'upgrade', 'disable', 'enable', 'uninstall'] as const satisfies readonly ModuleVerb[]

export interface Asked {
  readonly operation: Operation
  /** Undefined where it is about all of them. */
  readonly known: WordedModule | undefined
  /** What is typed to confirm that data goes. */
  readonly typed: string
  /** Where its plan is read and confirmed, and where one goes who does not want it. */
  readonly at: string
  readonly back: string
}

/** Throws a NotFound for a module or a verb that there is not. */
export async function askedIn(request: OfOperation, services: Services): Promise<Asked> {
  const { name, verb: wanted } = request.params
  const verb = verbs.find((each) => each === wanted)
  if (!verb) throw new NotFound('apps.no_verb', 'Nothing that is called "{verb}" can be done with a module.', { verb: wanted })
  const known = worded(services, await services.modules.named(name))
  const sent = request.method === 'POST' ? formOf(request) : [...request.query]
  const replace = sent.flatMap(([key, value]) =>
    key.startsWith('replace.') && value !== '' ? [[key.slice('replace.'.length), value]] : [],
  )
  const operation: Operation = {
    verb,
    names: [known.name],
    ...(sent.some(([key, value]) => key === 'dependants' && value !== '') && { dependants: true }),
    ...(replace.length > 0 && { replace: Object.fromEntries(replace) as Record<string, string> }),
  }
  return { operation, known, typed: known.name, at: `${moduleHref(known.name)}/${verb}`, back: moduleHref(known.name) }
}

/** To drop what earlier versions left behind. */
export const purging: Asked = {
  operation: { verb: 'purge', names: [] },
  known: undefined,
  typed: 'purge',
  at: leftoversPath,
  back: appsPath,
}

/** What a form sent under a name; the last, where there are several. */
export function sentAs(request: Pick<Request, 'body'>, name: string): string {
  return formOf(request).findLast(([each]) => each === name)?.[1] ?? ''
}

function formOf({ body }: Pick<Request, 'body'>): readonly (readonly [string, string])[] {
  return Object.entries(typeof body === 'object' && body !== null ? body : {}).flatMap(([name, sent]) =>
    (Array.isArray(sent) ? sent : [sent]).flatMap((each) => (typeof each === 'string' ? [[name, each.trim()] as const] : [])),
  )
}
