import { Role } from '@tessera/base'
import { labelOf } from '@tessera/core'
import type { Reader } from './reader.ts'

/** The roles that the reader has himself, also through others: with these he may share what is his. */
export async function heldRoles({ services, ability, app }: Reader): Promise<readonly { readonly id: string; readonly label: string }[]> {
  const { rows } = await services
    .asSystem('Something is shared with one of the roles that its maker has; their names are no secret to him.')
    .query(Role, { fields: ['name', 'label'], limit: 200 })
  const isAdministrator = [...app.roles.values()].some((role) => role.everything && ability.has(role))
  return rows.flatMap(({ id, name, label }) => {
    const declared = app.roles.get(name)
    const isHeld = isAdministrator || ability.roles.has(name)
    return isHeld ? [{ id, label: declared ? labelOf(declared, services.text) : String(label) }] : []
  })
}
