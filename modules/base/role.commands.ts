/** `tessera role`: who has which, and why somebody may do something. */
import { styleText } from 'node:util'
import { command, Forbidden, NotFound, nearest, type Services } from '@tessera/core'
import { z } from 'zod'
import { explaining } from './explain.route.ts'
import { explainedTo } from './explain-answer.ts'
import { askOf, userNamed } from './explain-ask.ts'
import { explanationText } from './explanation-text.ts'
import { Role } from './role.model.ts'
import { User } from './user.model.ts'

const asked = z.object({
  email: z.string().describe('whose access'),
  action: z.string().describe('read, create, update, delete, export, an action or a named right'),
  model: z.string().optional().describe('a model by its name or path: ticket or tickets; none for a named right'),
  id: z.string().optional().describe('a record by id, code, number or title'),
  field: z.string().optional().describe('a field of it'),
})
const given = z.object({ email: z.string().describe('the user'), role: z.string().describe('the name of the role') })

export const roleExplain = command('role explain', {
  help: 'say why a user may do something or may not',
  input: asked,
  words: ['email', 'action', 'model', 'id'],
  async run({ email, action, model, id, field }, services) {
    demandExplaining(services)
    return explainedTo(services, await askOf(services, { user: email, action, model, id, field }))
  },
  shown: (answer, services) => explanationText(services, answer, coloured),
})

export const roleList = command('role list', {
  help: 'list the roles, what they include and how many users have them',
  run: (_, services) => rolesOf(services),
  shown: (roles) => {
    const rows = [
      ['NAME', 'LABEL', 'INCLUDES', 'USERS'],
      ...roles.map((role) => [role.name, role.label, role.includes.join(', ') || '-', String(role.users)]),
    ]
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
    return rows.map((row, at) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '), at === 0)).join('\n')
  },
})

export const roleGrant = command('role grant', {
  help: 'give a user a role',
  input: given,
  words: ['email', 'role'],
  run: (input, services) => change(services, input, (roles, role) => (roles.includes(role) ? roles : [...roles, role])),
  shown: ({ email, role, roles }) => `${email} has the role ${role} now. All: ${roles.join(', ')}.`,
})

export const roleRevoke = command('role revoke', {
  help: 'take a role from a user',
  input: given,
  words: ['email', 'role'],
  run: (input, services) => change(services, input, (roles, role) => roles.filter((each) => each !== role)),
  shown: ({ email, role, roles }) => `${email} has not the role ${role} any more. All: ${roles.join(', ') || 'none'}.`,
})

function line(cells: string, isHead: boolean): string {
  return isHead ? coloured('bold', cells.trimEnd()) : cells.trimEnd()
}

/** NO_COLOR, and a stream that is no terminal, leave the words as they are. */
function coloured(style: 'bold' | 'dim' | 'red' | 'green', text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** A command that acts for somebody explains to him only what the screens would. */
function demandExplaining({ context }: Services): void {
  if (context.caller.ability.may(explaining)) return
  throw new Forbidden('base.explain.not_permitted', 'Only administrators are told why somebody may do something.')
}

async function rolesOf(services: Services) {
  const { roles } = await services.access.policy()
  const { records } = services
  const all = await Promise.all(
    [...roles.values()].map(async ({ name, label, implies, everything }) => ({
      name,
      label,
      includes: everything ? ['everything'] : implies.map((each) => each.name),
      users: await records.count(User, { where: { active: true, roles: { name } } }),
    })),
  )
  return all.sort((a, b) => a.name.localeCompare(b.name))
}

async function change(
  services: Services,
  { email, role }: z.infer<typeof given>,
  changed: (roles: readonly string[], role: string) => readonly string[],
): Promise<{ readonly email: string; readonly role: string; readonly roles: readonly string[] }> {
  const { records } = services
  const { rows } = await records.query(Role, { fields: ['name'], limit: 200 })
  if (!rows.some(({ name }) => name === role)) {
    const near = nearest(
      role,
      rows.map(({ name }) => name),
    )
    const hint = near ? `Did you mean "${near}"?` : `There are: ${rows.map(({ name }) => name).join(', ')}.`
    throw new NotFound('base.explain.no_role', 'There is no role "{name}".', { name: role }, { hint })
  }
  const user = await userNamed(services, email)
  const has = await records.get(User, user, ['roles'])
  const names = rows.filter(({ id }) => has.roles.some((each) => each.id === id)).map(({ name }) => name)
  const roles = changed(names, role)
  if (roles.length !== names.length) await records.update(User, user, { roles: roles.map((code) => ({ code })) })
  return { email: email.trim().toLowerCase(), role, roles }
}
