/** Finding what a declaration names and the composed models do not have; every boot check speaks through these. */
import type { Role } from '../access/role.ts'
import { type BootProblem, nearest } from '../errors.ts'
import { shippedKey } from '../model/define.ts'
import type { FieldMeta, ModelMeta, Models } from '../model/meta.ts'
import type { Model } from '../model/types.ts'
import type { LoadedModule } from '../module/composition.ts'

/** Which part of a declaration is looked at: the first half of a problem's code. */
export type Room = 'rule' | 'view' | 'model' | 'action' | 'menu' | 'card' | 'event' | 'migration'

/** Whose declaration is looked at, and what there is to compare it with. */
export interface Scope {
  readonly module: string
  readonly models: Models
  /** `ticketStatus.new`: every record that a module of the set ships. */
  readonly shipped: ReadonlySet<string>
  readonly roles: ReadonlyMap<string, Role>
  readonly report: (code: string, sentence: string, hint?: string) => void
}

/** The scope of each module: what it names is compared with all that the set has. */
export function scopesOf(modules: readonly LoadedModule[], models: Models, problems: BootProblem[]): (module: string) => Scope {
  const data = modules.flatMap(({ declaration }) => declaration.data.flatMap((references) => Object.values(references)))
  const shipped = new Set(data.flatMap((reference) => shippedKey(reference) ?? []))
  const roles = rolesOf(modules)
  return (module) => ({ module, models, shipped, roles, report: (code, sentence, hint) => problems.push({ code, module, sentence, hint }) })
}

/** Every role that a module of the set declares, by name. */
export function rolesOf(modules: readonly LoadedModule[]): ReadonlyMap<string, Role> {
  return new Map(modules.flatMap(({ declaration }) => declaration.roles.map((role) => [role.name, role])))
}

/** A role counts only if a module lists it: nobody could be given another. */
export function checkRole(scope: Scope, role: Role, where: string): void {
  if (scope.roles.get(role.name) === role) return
  scope.report(
    'role.unknown',
    `${where} the role "${role.name}", which no installed module lists under roles.`,
    didYouMean(role.name, scope.roles.keys()) ?? 'List it under roles of the module that makes it.',
  )
}

/** "Did you mean …?", or nothing when no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const meant = nearest(name, known)
  return meant === undefined ? undefined : `Did you mean "${meant}"?`
}

/** The composed model of a handle, if its module is in the set. */
export function installed(models: Models, handle: Model): ModelMeta | undefined {
  return models.all.find((model) => model.handle === handle)
}

/** Walks a path; reports the first step that does not exist. `where` begins the sentence: `The form of "ticket" shows`. */
export function checkPath(scope: Scope, room: Room, model: ModelMeta, path: string, where: string): FieldMeta | undefined {
  let at: ModelMeta | undefined = model
  let field: FieldMeta | undefined
  for (const step of path.split('.')) {
    if (!at) {
      scope.report(
        `${room}.unknown_field`,
        `${where} "${path}", but "${field?.name}" is no relation to one record: it has no field "${step}".`,
      )
      return undefined
    }
    field = at.fields.get(step)
    if (!field) {
      scope.report(
        `${room}.unknown_field`,
        `${where} "${path}", but "${at.name}" has no field "${step}".`,
        didYouMean(step, at.fields.keys()),
      )
      return undefined
    }
    at = field.kind === 'one' ? field.target : undefined
  }
  return field
}
