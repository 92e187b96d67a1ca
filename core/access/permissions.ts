import type { Permission, Rule } from './role.ts'

interface Asking {
  readonly rules: readonly Rule[]
  readonly routes: readonly { readonly may: unknown }[]
  readonly pages: readonly { readonly may: unknown }[]
  readonly menus: readonly { readonly may: unknown }[]
}

/** The named rights of a composition by their names: those that a rule gives, and those that are asked for and that no rule gives. */
export function permissionsOf({ rules, routes, pages, menus }: Asking): ReadonlyMap<string, Permission> {
  const mays = [...rules.map(({ permission }) => permission), ...[...routes, ...pages, ...menus].map(({ may }) => may)]
  return new Map(mays.filter(isPermission).map((each) => [each.permission, each]))
}

function isPermission(may: unknown): may is Permission {
  return typeof may === 'object' && may !== null && 'permission' in may
}
