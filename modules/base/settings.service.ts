import { type Composition, type Services, type Settings, UserError } from '@tessera/core'
import { Setting } from './setting.model.ts'
import { lockedIn } from './settings-locked.ts'

declare module '@tessera/core' {
  interface Services {
    readonly settings: SettingsService
  }
}

/** The settings that modules declare with `settings(…)`, typed by their schema. */
export class SettingsService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** The values in force: what was set, and the schema's defaults for the rest. */
  async get<V>(declared: Settings<V>): Promise<V> {
    const kept = await this.#system().find(Setting, { key: this.keyOf(declared) })
    // What the environment says stands above what was set here.
    const values = declared.schema.safeParse({ ...valuesIn(kept?.value), ...lockedIn(declared, this.#services.config) })
    if (values.success) return values.data
    throw new UserError(
      'base.setting_outdated',
      'The settings "{label}" were saved for an earlier version and no longer fit. Set them again.',
      declared,
      { cause: values.error },
    )
  }

  /** The same, remembered in this process until something is announced: for what every page shows. Not inside a transaction. */
  async remembered<V>(declared: Settings<V>): Promise<V> {
    const known = rememberedIn(this.#services.app)
    const key = this.keyOf(declared)
    if (!known.has(key)) known.set(key, await this.get(declared))
    return known.get(key) as V
  }

  /** What was remembered, at once; the defaults when nothing is. */
  known<V>(declared: Settings<V>): V {
    const value = rememberedIn(this.#services.app).get(this.keyOf(declared))
    return (value ?? declared.schema.parse(lockedIn(declared, this.#services.config))) as V
  }

  /** Something was changed, here or in another process. */
  forget(): void {
    rememberedIn(this.#services.app).clear()
  }

  /** Keeps all values of one declaration. The door has checked that the caller may. */
  async set<V>(declared: Settings<V>, values: V): Promise<void> {
    const key = this.keyOf(declared)
    const value = declared.schema.parse(values)
    const kept = await this.#system().find(Setting, { key })
    await this.#system().transaction(async () => {
      if (kept) await this.#system().update(Setting, kept.id, { value })
      else await this.#system().create(Setting, { key, value })
      // Which, and not what they are now: a setting may be somebody's address, or worse.
      await this.#services.audit.note('settings', { record: key, details: { fields: changedIn(kept?.value, value) } })
    })
  }

  #system() {
    return this.#services.asSystem('Settings hold for everybody, whoever asks.')
  }

  /** `ticket.Tickets`: the module keeps equal labels of two modules apart. */
  keyOf({ schema, label }: Settings<unknown>): string {
    const owner = this.#services.app.settings.find((other) => other.schema === schema)
    if (!owner) throw new TypeError(`The settings "${label}" are declared by no installed module: list them in its "settings".`)
    return `${owner.module}.${label}`
  }
}

const remembered = new WeakMap<Composition, Map<string, unknown>>()
function rememberedIn(app: Composition): Map<string, unknown> {
  const known = remembered.get(app) ?? new Map<string, unknown>()
  remembered.set(app, known)
  return known
}

/** The names of the values that are other than before. */
function changedIn(before: unknown, after: unknown): readonly string[] {
  const [old, now] = [valuesIn(before), valuesIn(after)]
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
}

function valuesIn(settings: unknown): Readonly<Record<string, unknown>> {
  return typeof settings === 'object' && settings !== null ? (settings as Readonly<Record<string, unknown>>) : {}
}
