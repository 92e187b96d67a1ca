/** The environment, read once at the start into one typed, frozen configuration. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { SetupError } from '../errors.ts'
import { secretsOf, shortestSecret } from './secret.ts'

export { type Deployment, loadDeployment } from './deployment.ts'

/** What this process was told by its environment. Nothing changes it after the start. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test'
  readonly port: number
  readonly host: string
  /** Absolute and without a slash at the end: `${baseUrl}/tickets` is a whole address. */
  readonly baseUrl: string
  /** Absolute path; holds the embedded database and the stored files. */
  readonly dataDir: string
  /** Undefined means the embedded PostgreSQL in `dataDir`. May carry a password: never print it. */
  readonly databaseUrl: string | undefined
  /** The most connections this process opens. */
  readonly databasePool: number
  /** How many processes answer requests and run jobs. */
  readonly webWorkers: number
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly trustProxy: TrustProxy
  /** Where mail goes out; undefined keeps it waiting. May carry a password: never print it. */
  readonly smtpUrl: string | undefined
  /** Whom mail is from: `Service desk <desk@example.org>`. */
  readonly mailFrom: string
  /** A variable that a module reads for itself, such as the token of a chat service; from `NAME` or the file that `NAME_FILE` names. */
  variable(name: string): string | undefined
  /** A key of 32 bytes for one purpose, from TESSERA_SECRET, else from the file `secret` of the data folder, which is made once. */
  secret(purpose: string): Buffer
}

/** Whose `X-Forwarded-*` headers are believed: nobody's, those of so many proxies in front, or those from these networks. */
export type TrustProxy = 'none' | number | readonly string[]

/** One line of the table that `tessera config` shows. */
export interface Variable {
  readonly name: string
  readonly description: string
  /** As one would write it; undefined when there is none. */
  readonly default: string | undefined
}

/**
 * Reads the environment. `root` is the deployment's folder. Every variable may come from a file instead
 * (`DATABASE_URL_FILE=/run/secrets/database`), and an empty one counts as not given. Throws one SetupError (exit code 3)
 * with a sentence for each variable that is wrong; a secret is never in it.
 */
export function loadConfig(env: NodeJS.ProcessEnv, root: string): Config {
  const { given, problems } = gather(env)
  const parsed = environment.safeParse(given)
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => explain(issue, given)))
  if (!parsed.success || problems.length > 0) throw new SetupError(3, problems.join('\n'), { hint })
  const { data } = parsed
  const dataDir = resolve(root, data.DATA_DIR ?? 'data')
  return Object.freeze({
    environment: data.NODE_ENV,
    port: data.PORT,
    host: data.HOST,
    baseUrl: data.BASE_URL ?? `http://localhost:${data.PORT}`,
    dataDir,
    databaseUrl: data.DATABASE_URL,
    databasePool: data.DATABASE_POOL,
    webWorkers: data.WEB_WORKERS,
    logLevel: data.LOG_LEVEL,
    trustProxy: data.TRUST_PROXY,
    smtpUrl: data.SMTP_URL,
    mailFrom: data.MAIL_FROM ?? `Tessera <tessera@${new URL(data.BASE_URL ?? 'http://localhost').hostname}>`,
    variable: (name: string) => ownVariable(env, name),
    secret: secretsOf(data.TESSERA_SECRET, dataDir),
  })
}

const hint = 'Every variable with its default: tessera config example'

// The text of each rule completes "PORT is the port of the web server and must be …".
const wholeNumber = (least: number, most: number) => {
  const must = `a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d+$/, { error: must, abort: true })
    .transform(Number)
    .refine((n) => n >= least && n <= most, must)
}

const oneOf = <const Names extends readonly string[]>(...names: Names) => z.enum(names, `one of ${names.join(', ')}`)

const webAddress = z
  .string()
  .refine(isWebAddress, 'an absolute address like https://desk.example.org')
  .transform((text) => text.replace(/\/+$/, ''))

const postgresAddress = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
    'an address like postgresql://user:password@host:5432/database (with special characters of the password percent-encoded)',
  )

const proxies = z.string().transform((text, context): TrustProxy => {
  if (text === 'none') return text
  if (/^[1-9]\d?$/.test(text)) return Number(text)
  const networks = text.split(',').map((network) => network.trim())
  if (networks.every(isNetwork)) return Object.freeze(networks)
  context.addIssue('"none", the number of proxies in front, or their networks like "10.0.0.0/8, ::1"')
  return z.NEVER
})

const environment = z.object({
  NODE_ENV: z
    .string()
    .default('production')
    .pipe(oneOf('development', 'production', 'test'))
    .describe('what this process runs for'),
  PORT: z.string().default('3000').pipe(wholeNumber(0, 65_535)).describe('the port of the web server'),
  HOST: z.string().default('127.0.0.1').describe('the address the web server listens on'),
  BASE_URL: z
    .string()
    .optional()
    .meta({ default: 'http://localhost:<PORT>' })
    .pipe(webAddress.optional())
    .describe('the address people reach it at'),
  DATA_DIR: z.string().optional().meta({ description: 'the folder of the embedded database and the stored files', default: 'data' }),
  DATABASE_URL: postgresAddress.optional().describe('the PostgreSQL database (15 or newer), instead of the embedded one'),
  DATABASE_POOL: z
    .string()
    .default('10')
    .pipe(wholeNumber(2, 1000))
    .describe('the most connections a process opens for its requests and jobs'),
  WEB_WORKERS: z.string().default('1').pipe(wholeNumber(1, 64)).describe('the number of processes that answer requests and run jobs'),
  LOG_LEVEL: z
    .string()
    .default('info')
    .pipe(oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'))
    .describe('the least important kind of line that is logged'),
  SMTP_URL: z
    .string()
    .refine((text) => /^smtps?:\/\//.test(text) && URL.canParse(text), 'an address like smtp://user:password@mail.example.org:587')
    .optional()
    .describe('the mail server; without one, mail waits'),
  MAIL_FROM: z
    .string()
    .optional()
    .meta({ default: 'Tessera <tessera@<host of BASE_URL>>' })
    .pipe(
      z
        .string()
        .max(200)
        .refine((text) => /^[^\r\n]*[^\s<>@]+@[^\s<>@]+>?$/.test(text), 'an address like Service desk <desk@example.org>')
        .optional(),
    )
    .describe('whom mail is from'),
  TRUST_PROXY: z.string().default('none').pipe(proxies).describe('whose X-Forwarded headers are believed'),
  TESSERA_SECRET: z
    .string()
    .min(shortestSecret, `a text of at least ${shortestSecret} characters`)
    .optional()
    .meta({ description: 'what stored secrets are sealed with', default: '<DATA_DIR>/secret, made at the first need' }),
})

function ownVariable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const problems: string[] = []
  const value = read(env, name, problems)
  if (problems.length > 0) throw new SetupError(3, problems.join('\n'))
  return value
}

/** Of one variable; what is wrong with it is added to `problems`. */
function read(env: NodeJS.ProcessEnv, name: string, problems: string[]): string | undefined {
  const file = env[`${name}_FILE`]
  if (env[name] && file) problems.push(`${name} and ${name}_FILE are both set; keep one of them.`)
  else if (env[name]) return env[name]
  else if (file) {
    try {
      return readFileSync(file, 'utf8').trim()
    } catch (error) {
      problems.push(`${name}_FILE names a file that cannot be read: ${(error as Error).message}.`)
    }
  }
  return undefined
}

type Name = keyof typeof environment.shape
const names = Object.keys(environment.shape) as Name[]

/** Every variable there is, in the order people want to read them. */
export const variables: readonly Variable[] = names.map((name) => {
  const { description = '', default: byDefault } = z.toJSONSchema(environment.shape[name], { io: 'input' })
  return { name, description, default: byDefault === undefined ? undefined : String(byDefault) }
})

type Given = Partial<Record<Name, string>>

function gather(env: NodeJS.ProcessEnv): { given: Given; problems: string[] } {
  const given: Given = {}
  const problems: string[] = []
  for (const name of names) {
    const value = read(env, name, problems)
    if (value) given[name] = value
  }
  return { given, problems }
}

function explain(issue: z.core.$ZodIssue, given: Given): string {
  const name = issue.path[0] as Name
  const { description } = environment.shape[name].meta() ?? {}
  return `${name} is ${description} and must be ${issue.message}, not ${shown(name, given[name] ?? '')}.`
}

/** What was given, fit to be printed: of a secret its length, of an address neither the user and password nor the query. */
function shown(name: Name, text: string): string {
  if (name === 'TESSERA_SECRET') return `one of ${text.length}`
  return name.endsWith('_URL') ? `"${text.replace(/^(\w+:\/\/)?.*@/s, '$1***@').replace(/\?.*/s, '?***')}"` : `"${text}"`
}

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return !(username || password || search || hash)
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const widest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return widest > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest))
}
