import type { Operation } from '@tessera/core'

export const appsPath = '/apps'
export const operationsPath = '/apps/operations'

export const moduleHref = (name: string): string => `${appsPath}/${encodeURIComponent(name)}`
export const operationHref = (id: string): string => `${operationsPath}/${id}`

/** Where the plan of an operation on one module is read, with what was chosen there. */
export function planHref({ verb, names: [name = ''], dependants, replace = {} }: Operation): string {
  const replaced = Object.entries(replace).map(([key, by]) => [`replace.${key}`, by])
  const query = new URLSearchParams({ ...(dependants && { dependants: 'yes' }), ...Object.fromEntries(replaced) })
  return `${moduleHref(name)}/${verb}${query.size > 0 ? `?${query}` : ''}`
}
