import type { Operation } from '@tessera/core'

export const appsPath = '/apps'
export const operationsPath = '/apps/operations'
export const leftoversPath = '/apps/leftovers'

export const moduleHref = (name: string): string => `${appsPath}/${encodeURIComponent(name)}`
export const operationHref = (id: string): string => `${operationsPath}/${id}`
export const archiveHref = (id: string): string => `${operationsPath}/${id}/archive`

/** What was chosen for an operation, as an address has it. */
export function choicesOf({ dependants, replace = {} }: Operation): string {
  const replaced = Object.entries(replace).map(([key, by]) => [`replace.${key}`, by])
  const query = new URLSearchParams({ ...(dependants && { dependants: 'yes' }), ...Object.fromEntries(replaced) })
  return query.size > 0 ? `?${query}` : ''
}
