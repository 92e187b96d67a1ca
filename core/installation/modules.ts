/** The modules of a deployment as a service: what there is, what an operation would do, how far one is. */
import { createReadStream, existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { v7 } from 'uuid'
import { loadDeployment } from '../config/index.ts'
import { NotFound, nearest, UserError } from '../errors.ts'
import type { Composition, Package } from '../module/composition.ts'
import { discover } from '../module/discover.ts'
import type { OwnField } from '../module/own-field.ts'
import { type Brought, broughtBy } from './brought.ts'
import { asked, begun, type Operator, wordsOf } from './command-line.ts'
import { type Course, readCourse } from './course.ts'
import { type KnownModule, knownModules } from './known.ts'
import type { Operation, Plan } from './plan.ts'
import { beginRow, type Progress, readProgress } from './progress.ts'
import { type Query, readState } from './state.ts'
import { failure } from './tracking.ts'

/** Asks nobody whether he may: whoever offers it has checked that. Operations run in processes of their own. */
export interface Modules {
  list(): Promise<readonly KnownModule[]>
  /** Throws a NotFound for a name that no module has. */
  named(name: string): Promise<KnownModule>
  /** What a module brings; a sentence where its code cannot be loaded. */
  brings(name: string): Promise<Brought | string>
  /** The same of every module; those that cannot be loaded are left out. */
  catalog(): Promise<ReadonlyMap<string, Brought>>
  /** What administrators added to models. */
  ownFields(): Promise<readonly OwnField[]>
  plan(operation: Operation): Promise<Plan>
  /** Starts the operation, if `digest` is that of its plan by then, and returns the id by which it is followed. */
  begin(operation: Operation, about: { readonly digest: string; readonly actor: string; readonly backup: boolean }): Promise<string>
  progress(id: string): Promise<Progress | undefined>
  /** The plan that was agreed to, and the steps so far. */
  course(id: string): Promise<Course>
  /** The file with what an operation took out before it dropped it, while it is in the data folder. */
  archive(progress: Progress): Promise<Archive | undefined>
  /** What earlier versions left behind and `purge` would drop. */
  leftovers(): Promise<readonly Leftover[]>
  /** What its author says of a module, as Markdown. */
  readme(name: string): Promise<string | undefined>
  /** The last operations, the newest first. */
  history(most: number): Promise<readonly Progress[]>
  /** The newest in the data folder. */
  lastBackup(): Promise<{ readonly at: Date; readonly bytes: number } | undefined>
}

export interface Archive {
  /** Without its folder. */
  readonly name: string
  readonly bytes: number
  pieces(): AsyncIterable<Uint8Array>
}

/** A table, or columns of one that stays. */
export interface Leftover {
  readonly table: string
  readonly columns: readonly string[]
  readonly whole: boolean
  readonly module: string
}

export interface ModulesParts {
  /** Undefined where an application was made from modules alone: then nothing can be planned or done. */
  readonly operator: Operator | undefined
  readonly installed: Composition
  readonly enabled: Composition
  readonly dataDir: string
  readonly query: Query
}

export function modulesOf({ operator, installed, enabled, dataDir, query }: ModulesParts): Modules {
  const catalogued = new Map<string, Brought>()
  let turn: Promise<unknown> = Promise.resolve()

  const packages = async (): Promise<readonly Package[]> => {
    if (!operator) return installed.modules.map((one) => one.package)
    return discover(operator.root, (await loadDeployment(operator.root)).packages ?? [])
  }
  const list: Modules['list'] = async () => knownModules(await packages(), await readState(query))
  const named: Modules['named'] = async (name) => {
    const all = await list()
    const found = all.find((one) => one.name === name)
    if (found) return found
    const near = nearest(
      name,
      all.map((one) => one.name),
    )
    throw new NotFound('modules.unknown', 'There is no module "{name}" here.', { name }, near ? { hint: `Did you mean "${near}"?` } : {})
  }
  /** Names that come from outside are only ever those of modules, so none of them is taken for an option. */
  const checked = async (operation: Operation): Promise<Operation> => {
    if (!operation.field) for (const name of operation.names) await named(name)
    for (const [key, by] of Object.entries(operation.replace ?? {}))
      if (!isWord(key) || !isWord(by)) throw new UserError('modules.no_record', '"{key}" or "{by}" is no record.', { key, by })
    return operation
  }
  /** One after another: each is a process as large as this one. */
  const inTurn = (words: readonly string[]): Promise<unknown> => {
    const own = demanded(operator)
    const answer = turn.then(() => asked(own, words))
    turn = answer.catch(() => undefined)
    return answer
  }
  const cataloguing = async (wanted: readonly KnownModule[]): Promise<ReadonlyMap<string, string>> => {
    const unknown = wanted.filter(({ name, version }) => version !== undefined && !catalogued.has(`${name} ${version}`))
    if (unknown.length === 0) return new Map()
    const answer = await inTurn(['module', 'catalog', '--', ...unknown.map(({ name }) => name)])
    const found = answer as readonly { name: string; version: string; brings?: Brought; problem?: string }[]
    for (const { name, version, brings } of found) if (brings) catalogued.set(`${name} ${version}`, brings)
    return new Map(found.flatMap(({ name, problem }) => (problem === undefined ? [] : [[name, problem]])))
  }
  let known: ReadonlyMap<string, Brought> | undefined
  const inProcess = (name: string): Brought | undefined => {
    known ??= broughtBy(operator ? enabled : installed)
    return known.get(name)
  }

  return {
    list,
    named,
    async brings(name) {
      const own = inProcess(name)
      if (own) return own
      const found = await named(name)
      const problems = await cataloguing([found])
      return catalogued.get(`${name} ${found.version}`) ?? problems.get(name) ?? ''
    },
    async catalog() {
      const all = await list()
      if (operator) await cataloguing(all.filter(({ name }) => !inProcess(name)))
      return new Map(
        all.flatMap(({ name, version }) => {
          const brings = inProcess(name) ?? catalogued.get(`${name} ${version}`)
          return brings ? [[name, brings]] : []
        }),
      )
    },
    ownFields: async () => (await readState(query))?.fields ?? [],
    async plan(operation) {
      demanded(operator)
      return (await inTurn(wordsOf(await checked(operation)))) as Plan
    },
    async begin(operation, { digest, actor, backup }) {
      const own = demanded(operator)
      await checked(operation)
      const { verb } = operation
      const id = v7()
      await beginRow(query, id, operation, digest, actor)
      const backing = verb === 'upgrade' && !backup ? ['--no-backup'] : verb === 'uninstall' && backup ? ['--backup'] : []
      const words = wordsOf(operation, [`--id=${id}`, `--digest=${digest}`, `--actor=${actor}`, ...backing])
      begun(own, words, (error) => {
        // This process may be at its end itself by then; whoever reads of the operation sees that it died.
        Promise.resolve(query(...failure(id, error))).catch(() => undefined)
      })
      return id
    },
    progress: async (id) => (isId(id) ? (await readProgress(query, { id }))[0] : undefined),
    course: (id) => readCourse(query, id),
    archive: ({ files }) => archiveIn(join(dataDir, 'archive'), files.archive),
    async leftovers() {
      const { manifest } = (await readState(query)) ?? {}
      return Object.entries(manifest?.left ?? {}).map(([table, { columns, module }]) => {
        const whole = manifest?.tables[table] === undefined
        return { table, columns: Object.keys(columns), whole, module: Object.values(columns)[0]?.module ?? module }
      })
    },
    async readme(name) {
      const folder = (await packages()).find((one) => one.name === name)?.folder
      const file = folder && join(folder, 'README.md')
      return file && existsSync(file) ? readFile(file, 'utf8') : undefined
    },
    history: (most) => readProgress(query, { most }),
    lastBackup: () => newestIn(join(dataDir, 'backups')),
  }
}

function demanded(operator: Operator | undefined): Operator {
  if (operator) return operator
  throw new UserError(
    'modules.no_operator',
    'The modules of this application cannot be changed from here, because it was started without the folder of a deployment.',
  )
}

const isWord = (text: string) => /^\w[\w.-]*$/.test(text)
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** What the row says is a path of the machine that did it: only a file of ours is ever sent. */
async function archiveIn(folder: string, file: string | undefined): Promise<Archive | undefined> {
  if (file === undefined) return undefined
  const name = basename(file)
  const path = join(folder, name)
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? { name, bytes: found.size, pieces: () => createReadStream(path) } : undefined
}

async function newestIn(folder: string): Promise<{ at: Date; bytes: number } | undefined> {
  if (!existsSync(folder)) return undefined
  const files = (await readdir(folder)).filter((name) => name.endsWith('.zip'))
  const found = await Promise.all(files.map((name) => stat(join(folder, name))))
  const newest = found.sort((a, b) => b.mtimeMs - a.mtimeMs)[0]
  return newest && { at: newest.mtime, bytes: newest.size }
}
