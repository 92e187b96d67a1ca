/** How a module stands, and what can be done with it. */
import type { ModuleVerb, Services } from '@tessera/core'
import { moduleHref } from './places.ts'
import type { WordedModule } from './worded.ts'

export type Standing = 'installed' | 'upgrade' | 'disabled' | 'absent' | 'missing'

export function standingOf({ state, version, installed }: WordedModule): Standing {
  if (version === undefined) return 'missing'
  if (state === 'absent') return 'absent'
  if (version !== installed) return 'upgrade'
  return state === 'disabled' ? 'disabled' : 'installed'
}

export interface Offer {
  readonly verb: ModuleVerb
  readonly label: string
  readonly href: string
  readonly primary: boolean
  readonly danger: boolean
}

/** The operations that its state allows, the likeliest first. */
export function offersFor(services: Services, known: WordedModule): readonly Offer[] {
  return verbsFor(known).map((verb) => ({
    verb,
    label: services.text(`apps.${verb}`),
    href: `${moduleHref(known.name)}/${verb}`,
    primary: verb === 'install' || verb === 'upgrade' || verb === 'enable',
    danger: verb === 'uninstall',
  }))
}

function verbsFor(known: WordedModule): readonly ModuleVerb[] {
  if (known.state === 'absent') return ['install']
  const standing = standingOf(known)
  const upgrade: readonly ModuleVerb[] = standing === 'upgrade' ? ['upgrade'] : []
  if (standing === 'missing') return ['uninstall']
  return [...upgrade, known.state === 'disabled' ? 'enable' : 'disable', 'uninstall']
}

/** What a card or a page says about it in short. */
export function badgeOf({ text }: Services, known: WordedModule): { standing: Standing; label: string; disabled: boolean } {
  const standing = standingOf(known)
  return {
    standing,
    label: text(`apps.state_${standing}`, { version: known.version ?? known.installed ?? '' }),
    disabled: known.state === 'disabled' && standing === 'upgrade',
  }
}

/** The version that is shown: of what runs, else of what could. */
export function versionOf({ installed, version }: WordedModule): string {
  return installed ?? version ?? ''
}
