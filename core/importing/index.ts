/** CSV files into any model, through the same write path as every other door. */
export { type Encoding, encodings } from './encoding.ts'
export { errorLines } from './error-file.ts'
export { type ImportAbout, type ImportResult, importRecords, type Outcome, saidInFile } from './import.ts'
export { type Importable, importable, parseColumns } from './mapping.ts'
export { nameRecord } from './naming.ts'
export { firstRows, type ImportPreview, type PreviewRow, previewRecords } from './preview.ts'
export type { Flaw, ImportProblem, ImportWords } from './reading.ts'
export { openSheet, type Row, type Sheet } from './sheet.ts'
