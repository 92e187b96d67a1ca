/** Every module that a deployment has or its database knows, with how it stands. */
import type { Package } from '../module/composition.ts'
import type { Labels } from './plan.ts'
import type { InstalledState } from './state.ts'

export interface KnownModule {
  readonly name: string
  /** By language. */
  readonly title: Labels
  readonly summary: Labels
  /** Of `@tabler/icons`. */
  readonly icon: string
  readonly author: string | undefined
  readonly kind: Package['kind']
  /** Of the code; undefined where the database has a module whose code is not here. */
  readonly version: string | undefined
  /** In the database, of one that is installed. */
  readonly installed: string | undefined
  /** `absent`: not installed. */
  readonly state: 'enabled' | 'disabled' | 'absent'
  readonly depends: readonly string[]
}

/** By name. */
export function knownModules(packages: readonly Package[], state: InstalledState | undefined): readonly KnownModule[] {
  const byName = new Map(packages.map((one) => [one.name, one]))
  const installed = new Map(state?.modules.map((one) => [one.name, one]))
  return [...new Set([...byName.keys(), ...installed.keys()])]
    .map((name): KnownModule => {
      const [found, has] = [byName.get(name), installed.get(name)]
      return {
        name,
        title: found?.title ?? { en: inWords(name) },
        summary: { en: found?.description ?? '', ...found?.summary },
        icon: found?.icon ?? 'puzzle',
        author: found?.author,
        kind: found?.kind ?? 'addon',
        version: found?.version,
        installed: has?.version,
        state: has?.state ?? 'absent',
        depends: found?.depends ?? state?.manifest?.needs[name] ?? [],
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `assignment-rules` -> `Assignment rules`, `@acme/mail` -> `Mail`. */
function inWords(name: string): string {
  const words = name.replace(/^@[^/]*\//, '').replaceAll(/[-_]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
