/** The first administrator: no default password, but a link that works once. */
import type { App } from '../app.ts'
import type { ModelMeta } from '../model/meta.ts'
import { accountsOf } from './accounts.ts'

/**
 * A new link `<base>/first-run/<token>` while no administrator has ever had a password; undefined after that, and where no
 * module keeps accounts. The page behind it asks for name, email address and password of the user that the link belongs to.
 */
export async function firstRunLink(app: App, baseUrl: string): Promise<string | undefined> {
  const { models, roles } = app.composition
  const names = [...roles.values()].filter(({ everything }) => everything).map(({ name }) => name)
  if (!models.actor?.fields.has('passwordHash') || names[0] === undefined) return undefined
  const services = await app.servicesFor({ door: 'system' })
  const administrators = { roles: { name: { $in: names } }, active: true }
  const claimed = await services.records.count(models.actor.handle, { where: { ...administrators, passwordHash: { $ne: null } } })
  if (claimed > 0) return undefined
  const accounts = accountsOf(services)
  const waiting = await services.records.find(models.actor.handle, administrators)
  const user = waiting ?? (await accounts.createUser({ email: placeholderEmail(models.actor), name: 'Administrator', roles: [names[0]] }))
  return `${baseUrl}/first-run/${await accounts.createLink(String(user.id), 'first-run')}`
}

/** Nobody's address (RFC 2606): the page replaces it. */
function placeholderEmail({ name }: ModelMeta): string {
  return `first-${name}@example.invalid`
}
