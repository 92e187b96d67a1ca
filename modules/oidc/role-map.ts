import type { Records } from '@tessera/core'
import { type IdentityProvider, IdentityRole } from './identity-provider.model.ts'

/** Roles by id: of those that the provider's map speaks of what the values give, of all others what somebody had. */
export async function rolesAfter(
  provider: IdentityProvider,
  values: ReadonlySet<string>,
  had: readonly string[],
  records: Records,
): Promise<readonly string[]> {
  const map = await mapOf(provider, records)
  const managed = new Set(map.map(({ role }) => role.id))
  const given = map.filter(({ value }) => value === everybody || values.has(value)).map(({ role }) => role.id)
  return [...new Set([...had.filter((role) => !managed.has(role)), ...given])]
}

/** The value that stands for everybody whom the provider lets in. */
const everybody = '*'

async function mapOf({ id }: IdentityProvider, records: Records) {
  const map: { readonly value: string; readonly role: { readonly id: string } }[] = []
  let cursor: string | null | undefined
  do {
    const page = await records.query(IdentityRole, {
      fields: ['value', 'role'],
      where: { provider: id },
      limit: 200,
      ...(cursor && { cursor }),
    })
    map.push(...page.rows)
    cursor = page.next
  } while (cursor)
  return map
}
