/** What holds of local rules however they are written: by the screens, the API, an import or the command line. */
import { type RuleSource, type Services, type Traits, UserError } from '@tessera/core'
import { Role } from './role.model.ts'
import type { RuleSet } from './rule-set.model.ts'
import { plainRules } from './same-rules.ts'

type Around = NonNullable<Traits<RuleSet>['around']>

/** Refuses rules that could not be used, and keeps what the module ships at this moment: what becomes of it later is drift. */
export const aroundRuleSet: Around = {
  async create(draft, next, services) {
    // An empty name arrives as none, here and below: a text is never empty.
    const place = { model: draft.model ?? '', module: draft.module ?? '' }
    return next({ ...draft, ...place, basis: await checked(services, idOf(draft.role), { ...draft, ...place }) })
  },
  async update(record, changes, next, services) {
    const touched = written.some((name) => changes[name] !== undefined)
    if (!touched) return next(changes)
    const place = {
      model: (changes.model === undefined ? record.model : changes.model) ?? '',
      module: (changes.module === undefined ? record.module : changes.module) ?? '',
    }
    const rules = changes.rules ?? record.rules
    await next({ ...changes, ...place, basis: await checked(services, idOf(changes.role ?? record.role), { ...place, rules }) })
  },
}
const written = ['role', 'model', 'module', 'rules'] as const

interface Written {
  readonly model?: string | undefined
  readonly module?: string | undefined
  readonly rules?: readonly RuleSource[] | undefined
}

/** What the module ships in this place, once all is well. */
async function checked({ access, app, asSystem }: Services, roleId: string, { model = '', module = '', rules }: Written) {
  const { name: role } = await asSystem('Rules are checked for their role, whoever writes them.').get(Role, roleId, ['name'])
  if (app.roles.get(role)?.everything)
    throw refused('role', 'base.rules_of_everything', 'The role "{role}" may do everything, without rules: it takes none.', { role })
  if (model !== '' && !app.models.byName(model))
    throw refused('model', 'base.rules_of_no_model', 'There is no model "{model}" here. Name one, or none for named rights.', { model })
  if (module !== '' && !app.modules.some(({ declaration }) => declaration.name === module))
    throw refused('module', 'base.rules_of_no_module', 'There is no module "{module}" here. Name one, or none for rules of your own.', {
      module,
    })
  const sentences = [...new Set((rules ?? []).flatMap((rule) => access.faults(role, model, rule)))]
  if (sentences.length > 0) throw wrongRules(sentences)
  return plainRules(access.shipped(role, model).find((set) => set.module === module)?.rules ?? [])
}

function wrongRules(sentences: readonly string[]): UserError {
  return new UserError(
    'base.rules_wrong',
    'These rules cannot be used: {sentences}',
    { sentences: sentences.join(' ') },
    { errors: sentences.map((sentence) => ({ field: 'rules', code: 'base.rule_wrong', text: '{sentence}', values: { sentence } })) },
  )
}

function refused(field: string, code: string, text: string, values: Readonly<Record<string, string>>): UserError {
  return new UserError(code, text, values, { errors: [{ field, code, text, values }] })
}

/** By now a relation is an id, or the record as it was read. */
function idOf(role: unknown): string {
  return typeof role === 'string' ? role : String((role as { id?: unknown } | null)?.id)
}
