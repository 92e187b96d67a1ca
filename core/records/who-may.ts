/** Who may do something: asked of the database for everybody at once, however many users there are. */
import type { Ability } from '../access/ability.ts'
import { type Callers, ownColumns } from '../access/callers.ts'
import { nothing } from '../model/conditions.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Kernel } from './bound.ts'
import type { ExplanationAsk, WhoMay } from './explanation.ts'
import { OwnColumn } from './own-column.ts'
import { isId, type Run } from './read.ts'
import { Statement } from './statement.ts'

/** Up to so many are named; all are counted. */
const mostNamed = 50

/** To the record, or to some record when none is named; without a model, who has the named right. */
export async function whoMay(
  { kernel, callers }: { readonly kernel: Kernel; readonly callers: Callers },
  ask: Omit<ExplanationAsk, 'user' | 'field'>,
): Promise<WhoMay> {
  const run: Run = (text, values) => kernel.connection.run(text, values)
  const { actor } = kernel.composition.models
  const model = ask.model === '' ? undefined : kernel.composition.models.byName(ask.model)
  if (!actor || (ask.model !== '' && !model)) return { users: [], total: 0 }
  const users: WhoMay['users'][number][] = []
  let total = 0
  // The smallest crew first: staff before customers.
  for (const crew of await crewsOf(actor, callers, run)) {
    if (!isPossible(crew.ability, model, ask)) continue
    const found = await among(crew, { actor, model, ask, run, most: mostNamed - users.length })
    users.push(...found.users)
    total += found.total
  }
  return { users: users.sort((a, b) => a.name.localeCompare(b.name)), total }
}

type Asked = Omit<ExplanationAsk, 'user' | 'field'>

/** Active users with the same roles and the same language: to the rules they differ by their own values alone. */
interface Crew {
  readonly roles: readonly string[]
  readonly language: string | null
  readonly ability: Ability
}

async function crewsOf(actor: ModelMeta, callers: Callers, run: Run): Promise<readonly Crew[]> {
  const given = rolesGiven(actor)
  if (given === undefined) return []
  const rows = await run(
    `select roles, language from (select ${given} as roles, ${languageOf(actor)} as language from "${actor.table}" t where ${activeIn(actor)}) u where roles <> '{}' group by roles, language order by count(*), roles, language`,
    [],
  )
  return Promise.all(
    rows.map(async ({ roles, language }) => ({
      roles: roles as readonly string[],
      language: language === null ? null : String(language),
      ability: await callers.abilityFor(roles as readonly string[]),
    })),
  )
}

/** Whether the rules of the crew leave anything at all; nobody changes what he does not see. */
function isPossible(ability: Ability, model: ModelMeta | undefined, { verb }: Asked): boolean {
  if (!model) return ability.may({ permission: verb, label: verb })
  if (ability.records(verb, model) === nothing) return false
  return verb === 'create' || verb === 'read' || ability.records('read', model) !== nothing
}

async function among(
  { roles, language, ability }: Crew,
  about: {
    readonly actor: ModelMeta
    readonly model: ModelMeta | undefined
    readonly ask: Asked
    readonly run: Run
    readonly most: number
  },
): Promise<WhoMay> {
  const { actor, model, ask, run, most } = about
  const me = Object.fromEntries(ownColumns(actor, 't').map(({ name, sql, isMany }) => [name, new OwnColumn(sql, isMany)]))
  const statement = new Statement({ ability, asking: { me, now: new Date() }, locale: language ?? 'en' })
  const where = [
    activeIn(actor),
    `${rolesGiven(actor)} = ${statement.param(roles)}::text[]`,
    `${languageOf(actor)} is not distinct from ${statement.param(language)}::text`,
    ...(model && ask.record !== undefined ? [reaches(statement, model, ask)] : []),
  ].join(' and ')
  const email = actor.fields.has('email') ? 't."email"' : 'null'
  const rows = await run(
    `select t."id" as id, t."name" as name, ${email} as email, count(*) over () as total from "${actor.table}" t where ${where} order by t."name", t."id" limit ${Math.max(1, most)}`,
    statement.values,
  )
  const users = rows.map(({ id, name, email: address }) => ({
    id: String(id),
    name: String(name),
    email: address === null ? null : String(address),
  }))
  return { users: users.slice(0, most), total: Number(rows[0]?.total ?? 0) }
}

/** That the user of the row may do it to the record. */
function reaches(statement: Statement, model: ModelMeta, { verb, record }: Asked): string {
  const { ability } = statement.asker
  const alias = statement.alias()
  const verbs = verb === 'create' || verb === 'read' ? [verb] : [verb, 'read']
  const rules = verbs.map((each) => statement.condition(ability.records(each, model), model, alias, 'trusted'))
  const id = statement.param(record !== undefined && isId(record) ? record : null)
  return `exists (select 1 from "${model.table}" ${alias} where ${[`${alias}."id" = ${id}::uuid`, ...rules].join(' and ')})`
}

/** The names of the roles that the user of the row was given. */
function rolesGiven(actor: ModelMeta): string | undefined {
  const roles = actor.fields.get('roles')
  if (roles?.kind !== 'many' || !roles.pivot) return undefined
  const { table, own, other } = roles.pivot
  return `array(select r."name" from "${table}" p join "${roles.target.table}" r on r."id" = p."${other}" where p."${own}" = t."id" order by 1)`
}

function activeIn(actor: ModelMeta): string {
  return actor.fields.has('active') ? 't."active"' : 'true'
}

function languageOf(actor: ModelMeta): string {
  return actor.fields.has('language') ? `nullif(t."language", '')` : 'null::text'
}
