/** `tessera user` and `tessera apikey`. */
import type { Command } from 'commander'
import type { App } from '../../app.ts'
import { BadRequest, NotFound, nearest } from '../../errors.ts'
import type { ModelMeta } from '../../model/meta.ts'
import type { Services } from '../../service/services.ts'
import { accountsOf } from '../accounts.ts'
import { type Cli, servicesOf, userId, withApp } from '../cli.ts'
import { confirmed, givenPassword } from '../prompts.ts'
import { count, shownTime, table } from '../terminal.ts'

export function addAccounts(program: Command, cli: Cli): void {
  const user = program.command('user').description('create and list users, set passwords')
  user
    .command('create')
    .argument('<email>')
    .description('create a user')
    .requiredOption('--role <role...>', 'what the user may do: administrator, manager, agent, viewer, customer or one that a module adds')
    .option('--name <name>', 'the name to show; the part before the @ unless told')
    .option('--password-stdin', 'read a password from stdin; without one, set it later with user passwd')
    .action((email: string, options: CreateOptions) => createUser(cli, email, options))
  user
    .command('passwd')
    .argument('<email>')
    .description('set the password of a user and end all sessions')
    .option('--password-stdin', 'read the password from stdin')
    .action((email: string, { passwordStdin = false }: { passwordStdin?: boolean }) => setPassword(cli, email, passwordStdin))
  user
    .command('list')
    .description('list the users')
    .action(() => listUsers(cli))

  const key = program.command('apikey').description('create, list and revoke API keys')
  key
    .command('create')
    .description('create a key that acts with the rights of a user; it is shown once')
    .requiredOption('--user <email>', 'whose rights it has')
    .requiredOption('--name <name>', 'what it is for')
    .option('--expires <day>', 'the last day on which it works, as in 2027-01-31')
    .option('--scope <scope...>', 'what it may be used for: ticket:read, ticket:*, *:read, right:<name>; everything unless told')
    .option('--per-minute <number>', 'how many requests it may make a minute; 600 unless told')
    .option('--origin <origin...>', 'a web site whose pages may use it in a browser, as in https://www.example.org')
    .action((options: KeyOptions) => createKey(cli, options))
  key
    .command('list')
    .description('list the keys')
    .option('--user <email>', 'of this user only')
    .action(({ user: email }: { user?: string }) => listKeys(cli, email))
  key
    .command('revoke')
    .argument('<key>', 'its id, or how it begins')
    .description('end a key at once')
    .action((named: string) => revokeKey(cli, named))
}

interface CreateOptions {
  readonly role: readonly string[]
  readonly name?: string
  readonly passwordStdin?: boolean
}

async function createUser(cli: Cli, email: string, { role, name, passwordStdin = false }: CreateOptions): Promise<void> {
  const password = passwordStdin ? await givenPassword(cli.terminal, true) : undefined
  await withApp(cli, async ({ app }) => {
    for (const each of role) knownRole(app, each)
    const about = { email: email.trim(), name: name ?? email.trim().split('@', 1)[0]!, roles: role }
    const user = await accountsOf(await servicesOf(app, 'cli')).createUser(password === undefined ? about : { ...about, password })
    const document = { id: user.id, email: about.email.toLowerCase(), name: about.name, roles: role }
    cli.terminal.answer(document, () => `Created the user ${document.email} (${role.join(', ')}).`)
    if (password === undefined) cli.terminal.say(`Without a password one cannot sign in: tessera user passwd ${document.email}`)
  })
}

function knownRole({ composition: { roles } }: App, name: string): void {
  if (roles.has(name)) return
  const near = nearest(name, roles.keys())
  throw new BadRequest(
    'cli.no_role',
    'There is no role "{name}".',
    { name },
    { hint: near ? `Did you mean "${near}"?` : `There are: ${[...roles.keys()].join(', ')}.` },
  )
}

async function setPassword(cli: Cli, email: string, fromStdin: boolean): Promise<void> {
  const password = await givenPassword(cli.terminal, fromStdin)
  await withApp(cli, async ({ app }) => {
    const services = await servicesOf(app, 'cli')
    const user = await userId(app, services, email)
    await accountsOf(services).setPassword(user, password)
    cli.terminal.answer({ id: user, email }, () => `The password of ${email} is set, and all sessions of ${email} have ended.`)
  })
}

async function listUsers(cli: Cli): Promise<void> {
  await withApp(cli, async ({ app }) => {
    const services = await servicesOf(app, 'cli')
    accountsOf(services)
    const { models } = app.composition
    const users = await every(services, models.actor!, ['email', 'name', 'roles', 'active', 'lastSignInAt'], {})
    const roles = models.actor!.fields.get('roles')
    const names = roles?.kind === 'many' ? await every(services, roles.target, ['name'], {}) : []
    const namesOf = (held: unknown) =>
      Array.isArray(held) ? held.map(({ id }: Found) => String(names.find((role) => role.id === id)?.name)) : []
    const documents = users.map((user) => ({
      id: user.id,
      email: user.email,
      name: user.name,
      roles: namesOf(user.roles),
      active: user.active,
      lastSignInAt: user.lastSignInAt,
    }))
    cli.terminal.answer(documents, () =>
      table(
        ['EMAIL', 'NAME', 'ROLES', 'ACTIVE', 'LAST SIGN-IN'],
        documents.map((user) => [
          String(user.email),
          String(user.name),
          user.roles.join(', '),
          user.active ? 'yes' : 'no',
          shownTime(user.lastSignInAt),
        ]),
      ),
    )
  })
}

interface KeyOptions {
  readonly user: string
  readonly name: string
  readonly expires?: string
  readonly scope?: readonly string[]
  readonly perMinute?: string
  readonly origin?: readonly string[]
}

async function createKey(cli: Cli, { user: email, name, expires, scope, perMinute, origin = [] }: KeyOptions): Promise<void> {
  const expiresAt = expires === undefined ? null : new Date(`${expires}T23:59:59Z`)
  if (expiresAt && !(expiresAt.getTime() > Date.now()))
    throw new BadRequest('cli.wrong_day', '"{day}" is no day in the future such as 2027-01-31.', { day: expires })
  const most = perMinute === undefined ? usualPerMinute : Number(perMinute)
  if (!Number.isInteger(most) || most < 1)
    throw new BadRequest('cli.no_number', '--{flag} must be a number, not "{text}".', { flag: 'per-minute', text: perMinute })
  await withApp(cli, async ({ app }) => {
    const services = await servicesOf(app, 'cli')
    const scopes = scope ?? null
    const limits = { expiresAt, origins: origin, scopes, perMinute: most }
    const { id, key } = await accountsOf(services).createKey(await userId(app, services, email), name, limits)
    cli.terminal.answer({ key, id, name, user: email, scopes, perMinute: most, expiresAt, origins: origin }, () => key)
    cli.terminal.say('The key is shown this once: keep it where your program finds it.')
  })
}

async function listKeys(cli: Cli, email: string | undefined): Promise<void> {
  await withApp(cli, async ({ app }) => {
    const services = await servicesOf(app, 'cli')
    const where = email === undefined ? {} : { user: await userId(app, services, email) }
    const keys = await every(
      services,
      keyModel(app),
      ['name', 'user.email', 'prefix', 'scopes', 'perMinute', 'createdAt', 'lastUsedAt', 'expiresAt'],
      where,
    )
    cli.terminal.answer(keys, () =>
      table(
        ['ID', 'NAME', 'USER', 'BEGINS', 'SCOPES', 'A MINUTE', 'CREATED', 'LAST USED', 'EXPIRES'],
        keys.map((key) => [
          String(key.id),
          String(key.name),
          emailIn(key.user),
          String(key.prefix),
          Array.isArray(key.scopes) ? key.scopes.join(' ') : 'all',
          String(key.perMinute),
          shownTime(key.createdAt),
          shownTime(key.lastUsedAt),
          shownTime(key.expiresAt),
        ]),
      ),
    )
  })
}

async function revokeKey(cli: Cli, named: string): Promise<void> {
  await withApp(cli, async ({ app }) => {
    const services = await servicesOf(app, 'cli')
    const keys = await every(services, keyModel(app), ['name', 'prefix', 'user.email'], {})
    const matching = keys.filter(({ id, prefix }) => id === named || prefix === named)
    const [key] = matching
    if (!key) throw new NotFound('cli.no_key', 'There is no API key "{named}".', { named }, { hint: 'tessera apikey list shows the ids.' })
    if (matching.length > 1)
      throw new BadRequest(
        'cli.several_keys',
        '{count} begin with "{named}".',
        { count: count(matching.length, 'API key'), named },
        { hint: 'Name the one you mean by its id.' },
      )
    await confirmed(cli.terminal, `Revoke the key "${key.name}" of ${emailIn(key.user)}? Programs that use it are refused at once.`)
    await accountsOf(services).revokeKey(String(key.id))
    cli.terminal.answer({ revoked: key.id, name: key.name }, () => `The key "${key.name}" of ${emailIn(key.user)} is revoked.`)
  })
}

function keyModel({ composition: { models } }: App): ModelMeta {
  const model = models.byName('apiKey')
  if (model) return model
  throw new NotFound('cli.no_keys', 'No installed module keeps API keys.')
}

const usualPerMinute = 600

type Found = Readonly<Record<string, unknown>>

/** All records, page by page. */
async function every({ records }: Services, model: ModelMeta, fields: readonly string[], where: object): Promise<readonly Found[]> {
  const all: Found[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { rows, next } = await records.query(model.handle, { fields, where, limit: 200, ...(cursor && { cursor }) })
    all.push(...(rows as readonly Found[]))
    cursor = next
  }
  return all
}

function emailIn(user: unknown): string {
  return typeof user === 'object' && user !== null && 'email' in user ? String(user.email) : ''
}
