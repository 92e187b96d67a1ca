/** One cell of the grid opened: each rule that says something of the verb, in words, with how many records it matches. */
import { User } from '@tessera/base'
import { type ModelMeta, type Policy, type RuleSource, type Services, sourceOf, UserError } from '@tessera/core'
import { asMember } from './as-member.ts'
import { cellHref, includedBy, type NamedRole, rulesOn, verbLabel } from './roles-names.ts'
import { fieldsInWords, verbsInWords, whereInWords } from './roles-words.ts'

/** A rule of the role itself, by where it stands: the module whose rules these are, and its place among them. */
export interface OwnRule {
  readonly module: string
  readonly at: number
  readonly source: RuleSource
  /** Written or changed in this deployment. */
  readonly local: boolean
  readonly drifted: boolean
  /** All rules of the place, as they were shown: what is saved must not undo what somebody else saved meanwhile. */
  readonly set: readonly RuleSource[]
}

export const keyOf = ({ module, at }: Pick<OwnRule, 'module' | 'at'>): string => `${module}.${at}`

/** The role's own rules on a model, in their order. */
export async function ownRules({ rules }: Services, role: string, model: string): Promise<readonly OwnRule[]> {
  const sets = await rules.sets(role, model)
  return sets.flatMap(({ module, rules: set, local, drifted }) =>
    set.map((source, at) => ({ module, at, source, local: local !== undefined || module === '', drifted, set })),
  )
}

/** A rule as its card shows it. */
export interface RuleCard {
  readonly key: string
  readonly number: string
  readonly where: string
  readonly verbs: string
  readonly fields: string
  readonly cannot: boolean
  readonly module: string
  readonly local: boolean
  readonly drifted: boolean
  readonly faults: readonly string[]
  readonly counts: Counts | undefined
  readonly href: string
  readonly open: boolean
}

export interface Counts {
  readonly matching: string
  readonly all: string
  /** The list of just these records. */
  readonly list: string | undefined
}

/** For whom the records are counted. */
export interface Member {
  readonly id: string
  readonly me: Readonly<Record<string, unknown>>
}

export interface Cell {
  readonly model: ModelMeta
  readonly action: string
  readonly label: string
  readonly own: readonly RuleCard[]
  readonly inherited: readonly (RuleCard & { readonly origin: string })[]
}

export async function cellOf(
  services: Services,
  policy: Policy,
  roles: ReadonlyMap<string, NamedRole>,
  asked: {
    readonly role: string
    readonly model: ModelMeta
    readonly action: string
    readonly open: string | undefined
    readonly member: Member
  },
): Promise<Cell> {
  const { role, model, action, member } = asked
  const { access, text } = services
  const own = (await ownRules(services, role, model.name)).filter(({ source }) => source.verbs?.includes(action))
  const all = await countOf(services, model, {})
  const card = async (
    source: RuleSource,
    href: string,
    about: Pick<RuleCard, 'key' | 'number' | 'module' | 'local' | 'drifted' | 'open'>,
  ) => ({
    ...about,
    href,
    where: isWhole(source) ? await whereInWords(services, model, source.where) : JSON.stringify(source.where ?? {}),
    verbs: verbsInWords(services, model, source.verbs ?? []),
    fields: source.fields ? fieldsInWords(services, model, source.fields) : '',
    cannot: source.cannot ?? false,
    faults: access.faults(role, model.name, source),
    counts: await countsOf(services, model, source, member, all),
  })
  // Words for what is no longer there would mislead.
  const isWhole = (source: RuleSource) => access.faults(role, model.name, source).length === 0
  const number = (at: number, of: number): string => text('access.roles.rule_number', { at: at + 1, of })
  return {
    model,
    action,
    label: verbLabel(services, model, action),
    own: await Promise.all(
      own.map((rule, at) => {
        const key = keyOf(rule)
        const { module, local, drifted, source } = rule
        const about = { key, number: number(at, own.length), module, local, drifted, open: key === asked.open }
        return card(source, cellHref(role, model.name, action, { rule: key }), about)
      }),
    ),
    inherited: await Promise.all(
      includedBy(policy, role).flatMap((name) =>
        rulesOn(policy, name, model, action).map(async (rule, at, its) => {
          const about = { key: '', number: number(at, its.length), module: rule.module, local: rule.local, drifted: false, open: false }
          const shown = await card(sourceOf(rule), cellHref(name, model.name, action), about)
          return { ...shown, origin: roles.get(name)?.label ?? name }
        }),
      ),
    ),
  }
}

/** The members of the role whom one can count for, and the reader himself. */
export async function membersToCount({ records, context, access, text }: Services, role: string, chosen: string | null) {
  const { rows } = await records.query(User, { fields: ['name'], where: { active: true, roles: { name: role } }, limit: 100 })
  const profile = chosen ? await access.profileOf(chosen) : undefined
  const member: Member = profile ? { id: chosen!, me: profile.caller.me } : { id: '', me: context.caller.me }
  const options = rows.map(({ id, name }) => ({ value: id, label: name, chosen: id === member.id }))
  return { member, options: [{ value: '', label: text('access.roles.yourself'), chosen: member.id === '' }, ...options] }
}

async function countsOf(
  services: Services,
  model: ModelMeta,
  { where = {} }: RuleSource,
  member: Member,
  all: number | undefined,
): Promise<Counts | undefined> {
  if (all === undefined) return undefined
  const bound = asMember(where, member.me, services.context.now)
  const matching = await countOf(services, model, bound)
  if (matching === undefined) return undefined
  const written = (count: number) => count.toLocaleString(services.context.locale)
  const query = new URLSearchParams({ filter: '', ...(Object.keys(bound).length > 0 && { where: JSON.stringify(bound) }) })
  return { matching: written(matching), all: written(all), list: model.exposed ? `/${model.path}?${query}` : undefined }
}

/** Of the records that the reader may see himself; undefined where he may see none, or the condition cannot be read. */
async function countOf({ records, context }: Services, model: ModelMeta, where: object): Promise<number | undefined> {
  if (!context.caller.ability.possible('read', model)) return undefined
  try {
    const [row] = await records.group(model.handle, { by: [], measures: ['count'], where } as never)
    return Number(row?.count ?? 0)
  } catch (error) {
    if (error instanceof UserError || error instanceof TypeError) return undefined
    throw error
  }
}
