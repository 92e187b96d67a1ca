/** Rules as this deployment changes them, beside what modules ship. */
import { Forbidden, NotFound, type RuleSource, type Services } from '@tessera/core'
import { Role } from './role.model.ts'
import { RuleSet } from './rule-set.model.ts'
import { plainRules, sameRules } from './same-rules.ts'

declare module '@tessera/core' {
  interface Services {
    readonly rules: RulesService
  }
}

/** What was changed here in one place: one role, one model (or its named rights), the rules of one module. */
export interface LocalRules {
  readonly id: string
  readonly role: { readonly id: string; readonly name: string; readonly label: string }
  readonly model: string
  readonly module: string
  readonly rules: readonly RuleSource[]
  /** What the module shipped when they were changed. */
  readonly basis: readonly RuleSource[]
  readonly updatedAt: Date
}

/** The rules of one place. */
export interface RulesOfModule {
  /** Empty for rules that this deployment adds. */
  readonly module: string
  readonly shipped: readonly RuleSource[]
  readonly local: LocalRules | undefined
  /** Those that count. */
  readonly rules: readonly RuleSource[]
  /** The module ships other rules now than when they were changed here. */
  readonly drifted: boolean
}

/** A local change, with what has become of the shipped rules since. */
export interface Drift {
  readonly local: LocalRules
  readonly shipped: readonly RuleSource[]
  readonly drifted: boolean
  /** What no longer fits the installed modules, in a sentence each: such a rule allows nothing. */
  readonly broken: readonly string[]
  /** The module whose rules these stand in for is not installed: they wait for it. */
  readonly asleep: boolean
}

/** Everything is read and written with the rights of the caller. */
export class RulesService {
  protected readonly services: Services
  constructor(services: Services) {
    this.services = services
  }

  /** The rules of a role on a model (or, for '', its named rights), by the module that they come from; rules added here last. */
  async sets(role: string, model: string): Promise<readonly RulesOfModule[]> {
    const shipped = this.services.access.shipped(role, model)
    const locals = await this.#local({ role: { name: role }, model })
    const modules = new Set([...shipped.map((set) => set.module), ...locals.map(({ module }) => module).filter(Boolean), ''])
    return [...modules].map((module) => {
      const its = plainRules(shipped.find((set) => set.module === module)?.rules ?? [])
      const local = locals.find((each) => each.module === module)
      return { module, shipped: its, local, rules: local?.rules ?? its, drifted: local !== undefined && !sameRules(local.basis, its) }
    })
  }

  /** Makes these the rules of the place; those that the module ships anyway need no local change and remove it. */
  async change(role: string, model: string, module: string, rules: readonly RuleSource[]): Promise<void> {
    const { records } = this.services
    await this.alone(role, async () => {
      const [local] = await this.#local({ role: { name: role }, model, module })
      if (sameRules(rules, this.#shipped(role, model, module))) {
        if (local) await records.remove(RuleSet, local.id)
      } else if (local) {
        await records.update(RuleSet, local.id, { rules })
      } else {
        await records.create(RuleSet, { role: await this.#idOf(role), ...(model && { model }), ...(module && { module }), rules })
      }
    })
  }

  /** Nobody else changes the rules of the role meanwhile: for a change that follows from what they are. */
  async alone<R>(role: string, run: () => Promise<R>): Promise<R> {
    const { records } = this.services
    return records.transaction(async () => {
      await records.lock(Role, await this.#idOf(role))
      return run()
    })
  }

  /** The shipped rules count again. */
  async takeShipped(id: string): Promise<void> {
    await this.services.records.remove(RuleSet, id)
  }

  /** The local rules stay, in full knowledge of what the module ships now. */
  async keepMine(id: string): Promise<void> {
    const { records } = this.services
    const { rules } = await records.get(RuleSet, id, ['rules'])
    // Whoever writes rules does so with what is shipped before him: the model notes it.
    await records.update(RuleSet, id, { rules })
  }

  /** Every local change with what has become of the shipped rules since; what needs somebody first. */
  async drift(): Promise<readonly Drift[]> {
    const { access, app } = this.services
    const installed = new Set(['', ...app.modules.map(({ declaration }) => declaration.name)])
    const all = (await this.#local({})).map((local): Drift => {
      const { role, model, module, rules, basis } = local
      const shipped = this.#shipped(role.name, model, module)
      if (!installed.has(module)) return { local, shipped, drifted: false, broken: [], asleep: true }
      const broken = [...new Set(rules.flatMap((rule) => access.faults(role.name, model, rule)))]
      return { local, shipped, drifted: !sameRules(basis, shipped), broken, asleep: false }
    })
    const urgency = ({ broken, drifted }: Drift) => (broken.length > 0 ? 0 : drifted ? 1 : 2)
    return all.toSorted((a, b) => urgency(a) - urgency(b))
  }

  /** How many local changes need somebody: their shipped rules drifted away, or they no longer fit. None for whoever may not read them. */
  async waiting(): Promise<number> {
    const { app, context } = this.services
    if (!context.caller.ability.possible('read', app.models.of(RuleSet))) return 0
    return (await this.drift()).filter(({ drifted, broken }) => drifted || broken.length > 0).length
  }

  #shipped(role: string, model: string, module: string): readonly RuleSource[] {
    return plainRules(this.services.access.shipped(role, model).find((set) => set.module === module)?.rules ?? [])
  }

  async #idOf(role: string): Promise<string> {
    const found = await this.services.records.find(Role, { name: role })
    if (!found) throw new NotFound('base.no_role', 'There is no role "{role}".', { role })
    return found.id
  }

  /** Page by page: a deployment that changed a lot still sees all of it. */
  async #local(where: object): Promise<readonly LocalRules[]> {
    const { app, context } = this.services
    if (!context.caller.ability.possible('read', app.models.of(RuleSet)))
      throw new Forbidden(
        'base.rules_closed',
        'Your role does not let you read the rules that were changed here. Ask an administrator for it.',
      )
    const found: LocalRules[] = []
    let cursor: string | null | undefined
    do {
      const { rows, next } = await this.services.records.query(RuleSet, {
        fields: ['role', 'role.name', 'model', 'module', 'rules', 'basis', 'updatedAt'],
        where,
        order: { createdAt: 'asc' },
        limit: 200,
        ...(cursor && { cursor }),
      })
      for (const { id, role, model, module, rules, basis, updatedAt } of rows) {
        found.push({ id, role: { id: role.id, name: role.name, label: role.label }, model, module, rules, basis, updatedAt })
      }
      cursor = next
    } while (cursor)
    return found
  }
}
