/** Why a backup is not restored, found before anything is changed. */
import type pg from 'pg'
import { Forbidden, UserError } from '../errors.ts'
import { readState } from '../installation/state.ts'
import type { Package } from '../module/composition.ts'
import { filesIn } from './files.ts'
import type { ArchiveManifest, BackupManifest, Part } from './manifest.ts'
import { checksumOf } from './opened.ts'

/** What holds rows that were about to be dropped is for people to read. */
export function refuseRows(file: string, manifest: ArchiveManifest): asserts manifest is BackupManifest {
  if (manifest.kind === 'rows')
    throw new UserError(
      'backup.only_rows',
      'The archive {file} is no backup: it holds rows that were taken out before they were dropped, as CSV.',
      { file },
    )
}

/** Rows fit the modules that wrote them: an upgrade comes after, not in between. */
export function refuseModules(modules: BackupManifest['modules'], packages: readonly Package[]): void {
  const known = new Map(packages.map(({ name, version }) => [name, version]))
  const missing = modules.flatMap(({ name, version }) => {
    const here = known.get(name)
    if (here === version) return []
    const values = { name, version, here }
    return here === undefined
      ? [{ field: '', code: 'backup.no_module', text: '{name} {version} is not there.', values }]
      : [{ field: '', code: 'backup.other_version', text: '{name} {version} is needed, and {here} is there.', values }]
  })
  if (missing.length === 0) return
  const names = missing.map(({ values }) => `${values.name} ${values.version}`).join(', ')
  throw new UserError(
    'backup.modules_differ',
    'The backup was made with other modules than lie here: install {names}, then restore it.',
    { names },
    { errors: missing, hint: 'Upgrade after the restore: tessera module upgrade.' },
  )
}

/** A restore never mixes with what is there. The tables of core are there before anything else is, and hold nothing by themselves. */
export async function refuseFull(client: pg.ClientBase): Promise<void> {
  const isSetUp = (await readState(async (text, values = []) => (await client.query(text, [...values])).rows)) !== undefined
  const { rows } = await client.query<{ database: string; name: string }>(
    `select current_database() as database, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f') and ($1 or c.relname not like 'tessera\\_%')
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      order by c.relname like 'tessera\\_%', c.relname`,
    [isSetUp],
  )
  if (rows.length === 0) return
  const { database } = rows[0]!
  const shown = rows.slice(0, 4).map(({ name }) => name)
  throw new Forbidden(
    'backup.not_empty',
    'A backup is restored into an empty database only, and {database} has {count} tables: {names}.',
    { database, count: rows.length, names: `${shown.join(', ')}${rows.length > shown.length ? ' and so on' : ''}` },
    { hint: 'Make a new one (createdb, and DATABASE_URL for it), or name another DATA_DIR for the embedded one.' },
  )
}

/** The names of stored files that are there already, as the archive has them; what else is there is a reason to refuse. */
export async function refuseOtherFiles(folder: string, parts: ReadonlyMap<string, Part>): Promise<ReadonlySet<string>> {
  const there = new Set<string>()
  for (const { name, path } of await filesIn(folder)) {
    const part = parts.get(name)
    if (part?.sha256 !== (await checksumOf(path)))
      throw new Forbidden(
        'backup.other_files',
        'A backup is restored into an empty folder of files only, and {folder} holds {name}, which is not of this backup.',
        { folder, name },
        { hint: 'Move the folder away, then restore again.' },
      )
    there.add(name)
  }
  return there
}
