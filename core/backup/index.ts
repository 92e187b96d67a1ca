/** One archive of a database and its files, made and restored; what is taken out before it is dropped. */
export { type BackupAbout, type BackupMade, backupTo } from './backup.ts'
export { type Neutralized, neutralize } from './neutralize.ts'
export { type Restored, restoreFrom } from './restore.ts'
export { type ExportedRows, exportRows, type RowsPart } from './rows.ts'
