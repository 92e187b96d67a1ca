/** Who may know what: all records as a graph in memory, and the policy asked there, far from any SQL. */
import type { Ability, ModelMeta } from '@tessera/core'
import type { App } from '../../../core/app.ts'
import { columnsOf } from '../../../core/model/entities.ts'
import type { Place, Population } from './population.ts'

export type Thing = Record<string, unknown> & { readonly id: string }
export interface Someone {
  readonly ability: Ability
  readonly me: Readonly<Record<string, unknown>>
}
export interface Truth {
  readonly things: ReadonlyMap<string, ReadonlyMap<string, Thing>>
  permits(who: Someone, verb: string, model: ModelMeta, id: string, field?: string): boolean
  mayKnow(who: Someone, place: Place): boolean
  isCopied(who: Someone, place: Place, text: string, copy: Copy): boolean
}

export async function truthOf(app: App): Promise<Truth> {
  const { models } = app.composition
  const things = new Map<string, ReadonlyMap<string, Thing>>()
  await Promise.all(
    models.all.map(async (model) => {
      // A formula is whatever the database makes of it, past all rules.
      const formulas = [...model.fields.values()].flatMap((field) =>
        field.kind === 'scalar' && field.column === undefined && field.sql
          ? [`(${field.sql(columnsOf(model, 't'))}) as "${field.name}"`]
          : [],
      )
      const { rows } = await app.connection.pool.query(`select ${['t.*', ...formulas].join(', ')} from "${model.table}" t`)
      things.set(model.name, new Map(rows.map((row) => [row.id, thingOf(model, row)])))
    }),
  )
  const now = new Date()
  await Promise.all(models.all.flatMap((model) => [...model.fields.values()].map((field) => link(app, things, model, field))))
  const decided = new WeakMap<Someone, Map<string, boolean>>()
  const permits: Truth['permits'] = (who, verb, model, id, field) => {
    const kept = decided.get(who) ?? new Map<string, boolean>()
    decided.set(who, kept)
    const key = `${verb} ${id} ${field ?? ''}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const thing = things.get(model.name)?.get(id)
    const decision = thing !== undefined && who.ability.permits(verb, model, thing, { me: who.me, now }, field)
    kept.set(key, decision)
    return decision
  }
  return {
    things,
    permits,
    isCopied(who, place, text, { of, into: [name, field] }) {
      const model = models.byName(name)
      if (!model || !of.includes(`${place.model}.${place.field}`)) return false
      return [...(things.get(name) ?? [])].some(
        ([id, thing]) => String(thing[field]).toLowerCase().includes(text) && permits(who, 'read', model, id, field),
      )
    },
    mayKnow(who, { model, id, field }) {
      const meta = models.byName(model)
      if (!meta) return false
      return permits(who, 'read', meta, id, field === 'id' || field === 'version' ? undefined : field)
    },
  }
}

function thingOf(model: ModelMeta, row: Readonly<Record<string, unknown>>): Thing {
  const thing: Record<string, unknown> = {}
  for (const field of model.fields.values()) {
    if (field.kind === 'many') thing[field.name] = []
    else if (field.column !== undefined) thing[field.name] = row[field.column]
    else if (field.kind === 'scalar' && field.sql) thing[field.name] = row[field.name]
  }
  return thing as Thing
}

async function link(
  app: App,
  things: Truth['things'],
  model: ModelMeta,
  field: ModelMeta['fields'] extends ReadonlyMap<string, infer F> ? F : never,
) {
  if (field.kind === 'scalar') return
  const own = things.get(model.name)!
  const theirs = things.get(field.target.name)!
  if (field.kind === 'one') {
    for (const thing of own.values()) {
      const id = thing[field.name]
      if (typeof id === 'string') thing[field.name] = theirs.get(id) ?? null
    }
    return
  }
  const add = (thing: Thing | undefined, related: Thing | undefined) => {
    if (thing && related) (thing[field.name] as Thing[]).push(related)
  }
  if (field.pivot) {
    const { table, own: mine, other } = field.pivot
    for (const row of await app.connection.run(`select "${mine}" as a, "${other}" as b from "${table}"`, []))
      add(own.get(String(row.a)), theirs.get(String(row.b)))
    return
  }
  for (const related of theirs.values()) {
    const owner = related[field.mappedBy!]
    add(own.get(typeof owner === 'string' ? owner : String((owner as Thing | null)?.id)), related)
  }
}

/** What the desk shows to everybody, whatever the rules say, with the reason. */
function isShown({ model, field }: Place): boolean {
  return `${model}.${field}` in open
}
const open: Readonly<Record<string, string>> = {
  'ticketType.name': 'The form that is open to everybody asks what a request is about.',
  'ticketType.code': 'The same form sends it back.',
  'identityProvider.name': 'Whoever signs in chooses with which account.',
  'identityProvider.label': 'The same.',
}

/** What the system itself writes from one record into another, where its readers may read it. */
interface Copy {
  readonly of: readonly string[]
  readonly into: readonly [string, string]
}
const copies: readonly Copy[] = [
  // Whoever is invited to the portal becomes a user of that name and address, and users are known to those who work here.
  { of: ['partner.name'], into: ['user', 'name'] },
  { of: ['partner.email'], into: ['user', 'email'] },
  // What was done is said in the conversation, which keeps it when the activity itself is gone or about something else.
  { of: ['activity.summary', 'activity.feedback'], into: ['message', 'body'] },
  // Which rule gave a ticket to whom is told to whoever reads the ticket.
  { of: ['assignmentRule.name'], into: ['ticket', 'assignmentReason'] },
  // What is wrong with a rule is told to those who read the rules: also to a program of theirs whose key opens the tickets alone.
  { of: ['assignmentRule.name', 'assignmentRule.condition', 'team.name', 'user.name'], into: ['ticket', 'assignmentProblem'] },
  /*
   * Whoever looks after the outbox sees where a mail goes: one that did not arrive cannot be mended otherwise. By the shipped rules these
   * are managers, who read the addresses of partners and of colleagues anyway; that the same person also signs in tells them no more.
   */
  { of: ['user.email', 'partner.email'], into: ['outboxMessage', 'to'] },
]

/** Of what an answer holds, the places of which none may be known to whom it was given. */
export function leaked(
  found: Iterable<string>,
  who: Someone,
  truths: readonly Truth[],
  { places }: Pick<Population, 'places'>,
): readonly string[] {
  return [...found].flatMap((each) => {
    const its = places.get(each.toLowerCase())
    if (!its || its.some((place) => isShown(place) || truths.some((truth) => truth.mayKnow(who, place)))) return []
    if (its.some((place) => copies.some((copy) => truths.some((truth) => truth.isCopied(who, place, each, copy))))) return []
    return [each]
  })
}
