import { type Services, type Settings, UserError } from '@tessera/core'
import { Setting } from './setting.model.ts'

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
    const kept = await this.#system().find(Setting, { key: this.#keyOf(declared) })
    const values = declared.schema.safeParse(kept?.value ?? {})
    if (values.success) return values.data
    throw new UserError(
      'base.setting_outdated',
      'The settings "{label}" were saved for an earlier version and no longer fit. Set them again.',
      declared,
      { cause: values.error },
    )
  }

  /** Keeps all values of one declaration. The door has checked that the caller may. */
  async set<V>(declared: Settings<V>, values: V): Promise<void> {
    const key = this.#keyOf(declared)
    const value = declared.schema.parse(values)
    const kept = await this.#system().find(Setting, { key })
    if (kept) await this.#system().update(Setting, kept.id, { value })
    else await this.#system().create(Setting, { key, value })
  }

  #system() {
    return this.#services.asSystem('Settings hold for everybody, whoever asks.')
  }

  /** `ticket.Tickets`: the module keeps equal labels of two modules apart. */
  #keyOf({ schema, label }: Settings<unknown>): string {
    const owner = this.#services.app.settings.find((other) => other.schema === schema)
    if (!owner) throw new TypeError(`The settings "${label}" are declared by no installed module: list them in its "settings".`)
    return `${owner.module}.${label}`
  }
}
