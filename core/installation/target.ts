/** Which modules a database has after an operation, and why each of them is part of it. Nothing is loaded or asked here. */
import { nearest } from '../errors.ts'
import type { Package } from '../module/composition.ts'
import { orderByNeeds } from '../module/order.ts'
import type { Operation, PlannedModule, Refusal } from './plan.ts'
import { nearHint, refusal } from './refusal.ts'
import type { InstalledModule } from './state.ts'

export interface Target {
  /** The modules of the database after the operation. */
  readonly modules: readonly InstalledModule[]
  readonly planned: readonly PlannedModule[]
  readonly refusals: readonly Refusal[]
}

/** The outcome of an operation on what the database has. `packages` is what lies on disk. */
export function targetOf(packages: readonly Package[], installed: readonly InstalledModule[], operation: Operation): Target {
  const work = new Work(packages, installed, operation)
  if (operation.verb === 'install') work.install()
  else if (operation.verb === 'upgrade') work.upgrade()
  else if (operation.verb === 'enable') work.enable()
  else if (operation.verb === 'disable') work.leave('disabled')
  else if (operation.verb === 'uninstall') work.leave('removed')
  work.follow()
  return work.target()
}

type Why = PlannedModule['why']
type Becomes = PlannedModule['becomes']

class Work {
  readonly #packages: ReadonlyMap<string, Package>
  readonly #before: ReadonlyMap<string, InstalledModule>
  readonly #after: Map<string, InstalledModule>
  readonly #operation: Operation
  readonly #planned = new Map<string, PlannedModule>()
  readonly #refusals: Refusal[] = []

  constructor(packages: readonly Package[], installed: readonly InstalledModule[], operation: Operation) {
    this.#packages = new Map(packages.map((one) => [one.name, one]))
    this.#before = new Map(installed.map((one) => [one.name, one]))
    this.#after = new Map(this.#before)
    this.#operation = operation
  }

  /** Brings the named modules and all that they need; what is there and disabled is enabled again. */
  install(): void {
    for (const name of this.#operation.names) this.#bring(name, { kind: 'asked' }, new Set())
  }

  /** To the versions on disk; of a disabled module too, which stays disabled. */
  upgrade(): void {
    const { names } = this.#operation
    for (const name of names) if (this.#isInstalled(name)) this.#bring(name, { kind: 'asked' }, new Set(), 'keep')
  }

  enable(): void {
    for (const name of this.#operation.names) if (this.#isInstalled(name)) this.#bring(name, { kind: 'asked' }, new Set())
  }

  leave(becomes: 'disabled' | 'removed'): void {
    const { names, dependants = false } = this.#operation
    for (const name of names) {
      if (!this.#isInstalled(name)) continue
      const needing = this.#dependantsOf(name, becomes).filter((each) => !names.includes(each))
      if (needing.length > 0 && !dependants) {
        const isOne = needing.length === 1
        const about = {
          name,
          done: becomes === 'removed' ? 'uninstalled' : 'disabled',
          names: needing,
          need: isOne ? 'needs' : 'need',
          them: isOne ? 'it' : 'them',
        }
        const hint = 'Let {them} leave too: --with-dependants.'
        this.#refusals.push(refusal('module.needed', '"{name}" cannot be {done}, because {names} {need} it.', about, hint))
        continue
      }
      this.#take(name, becomes, { kind: 'asked' })
      for (const each of needing) this.#take(each, becomes, { kind: 'dependant', of: name })
    }
  }

  /** There is one copy of the code: what stays gets the version that lies on disk, whatever the operation is about. */
  follow(): void {
    for (const { name, version, state } of [...this.#after.values()]) {
      const found = this.#packages.get(name)
      if (!found) this.#missing(name, version)
      else if (found.version !== version) {
        this.#after.set(name, { name, version: found.version, state })
        this.#plan(name, found.version, 'upgraded', this.#operation.verb === 'upgrade' ? { kind: 'asked' } : { kind: 'newer' })
      }
    }
  }

  target(): Target {
    const needs = new Map([...this.#planned.keys()].map((name) => [name, this.#packages.get(name)?.depends ?? []]))
    const { order } = orderByNeeds(needs)
    const planned = order.map((name) => this.#planned.get(name)!)
    const isLeaving = this.#operation.verb === 'disable' || this.#operation.verb === 'uninstall'
    return {
      modules: [...this.#after.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
      planned: isLeaving ? planned.reverse() : planned,
      refusals: this.#refusals,
    }
  }

  #bring(name: string, why: Why, path: Set<string>, disabled: 'enable' | 'keep' = 'enable'): void {
    if (path.has(name) || this.#planned.has(name)) return
    const found = this.#packages.get(name)
    if (!found) {
      this.#unknown(name, why)
      return
    }
    for (const need of found.depends) this.#bring(need, { kind: 'needed', of: name }, new Set([...path, name]), disabled)
    const before = this.#before.get(name)
    const state = before?.state === 'disabled' && disabled === 'keep' ? 'disabled' : 'enabled'
    this.#after.set(name, { name, version: found.version, state })
    this.#plan(name, found.version, becomesOf(before, found.version, state), why)
  }

  #take(name: string, becomes: 'disabled' | 'removed', why: Why): void {
    if (this.#planned.has(name)) return
    const before = this.#before.get(name)!
    if (becomes === 'removed') this.#after.delete(name)
    else this.#after.set(name, { ...before, state: 'disabled' })
    this.#plan(name, before.version, becomes === 'disabled' && before.state === 'disabled' ? 'unchanged' : becomes, why)
  }

  #plan(name: string, version: string, becomes: Becomes, why: Why): void {
    const before = this.#before.get(name)
    this.#planned.set(name, { name, version, ...(before && before.version !== version && { from: before.version }), becomes, why })
  }

  /** Modules of the database that need this one, directly or through others; of disabled ones it matters only when it goes for good. */
  #dependantsOf(name: string, becomes: 'disabled' | 'removed'): string[] {
    const found = new Set<string>()
    const visit = (needed: string): void => {
      for (const { name: each, state } of this.#before.values()) {
        if (found.has(each) || (becomes === 'disabled' && state === 'disabled')) continue
        if (!this.#packages.get(each)?.depends.includes(needed)) continue
        found.add(each)
        visit(each)
      }
    }
    visit(name)
    return [...found].sort()
  }

  #isInstalled(name: string): boolean {
    if (this.#before.has(name)) return true
    const near = nearest(name, this.#before.keys())
    const hint = near ? nearHint : this.#packages.has(name) ? 'Install it with: tessera module install {name}' : listHint
    this.#refusals.push(refusal('module.not_installed', 'The module "{name}" is not installed in this database.', { name, near }, hint))
    return false
  }

  #missing(name: string, version: string): void {
    this.#refusals.push(
      refusal(
        'module.missing_code',
        'This database has the module "{name}" {version} installed, and this copy of Tessera does not have its code.',
        { name, version },
        'Add the code of "{name}", or remove the module with: tessera module uninstall {name}',
      ),
    )
  }

  #unknown(name: string, why: Why): void {
    const near = nearest(name, this.#packages.keys())
    const hint = near ? nearHint : listHint
    this.#refusals.push(
      why.kind === 'needed'
        ? refusal(
            'module.unknown_need',
            '"{of}" needs "{name}", which is neither in modules/ nor in addons/ nor among the packages of config/tessera.ts.',
            { name, of: why.of, near },
            hint,
          )
        : refusal(
            'module.unknown',
            'The module "{name}" is neither in modules/ nor in addons/ nor among the packages of config/tessera.ts.',
            { name, near },
            hint,
          ),
    )
  }
}

function becomesOf(before: InstalledModule | undefined, version: string, state: InstalledModule['state']): Becomes {
  if (!before) return 'installed'
  if (before.state === 'disabled' && state === 'enabled') return 'enabled'
  return before.version === version ? 'unchanged' : 'upgraded'
}

const listHint = ['module.list_shows', 'tessera module list shows what there is.'] as const
