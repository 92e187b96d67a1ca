/** Roles and rules as data: nothing runs per person, so they can be printed, explained and compiled. */
import type { Action } from '../action/action.ts'
import type { Column, Erased, Model, Where } from '../model/types.ts'

/** What may be done to a model's records; `export` covers every way to take many records out. */
export type Verb = 'create' | 'read' | 'update' | 'delete' | 'export'
type Doing<T> = Verb | Action<T, Erased>

/** A named right that belongs to no model: what a route or a page asks for. */
export interface Permission {
  readonly permission: string
  readonly label: string
}

/** One sentence of access. `where` absent means every record, `fields` absent means every field. */
export interface Rule {
  readonly role: Role
  readonly verbs: readonly string[]
  readonly model?: Model | undefined
  readonly permission?: Permission | undefined
  readonly where?: Where<unknown> | undefined
  readonly fields?: readonly string[] | undefined
  readonly cannot: boolean
}

export interface Role {
  readonly name: string
  readonly label: string
  readonly implies: readonly Role[]
  /** Everything, without a rule: the administrator alone. */
  readonly everything: boolean
  /** Allows verbs on a model's records, narrowed by a condition and to fields. */
  can<T>(verbs: Doing<T> | readonly Doing<T>[], model: Model<T>, where?: Where<NoInfer<T>>, fields?: readonly Column<NoInfer<T>>[]): Rule
  /** Takes away what an earlier rule or an implied role allows. */
  cannot<T>(verbs: Doing<T> | readonly Doing<T>[], model: Model<T>, where?: Where<NoInfer<T>>, fields?: readonly Column<NoInfer<T>>[]): Rule
  /** Allows a named right. */
  may(permission: Permission): Rule
}

export function role(name: string, about: { label?: string; implies?: readonly Role[]; everything?: boolean } = {}): Role {
  const rule =
    (cannot: boolean): Role['can'] =>
    (verbs, model, where, fields) => ({
      role: self,
      verbs: (Array.isArray(verbs) ? verbs : [verbs]).map((verb) => (typeof verb === 'string' ? verb : verb.name)),
      model,
      where: where as Where<unknown> | undefined,
      fields,
      cannot,
    })
  const self: Role = {
    name,
    label: about.label ?? name.charAt(0).toUpperCase() + name.slice(1),
    implies: about.implies ?? [],
    everything: about.everything ?? false,
    can: rule(false),
    cannot: rule(true),
    may: (permission) => ({ role: self, verbs: [], permission, cannot: false }),
  }
  return self
}

export function permission(name: string, label: string): Permission {
  return { permission: name, label }
}
