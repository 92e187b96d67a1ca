/** CSV files into any model, through the same write path as every other door. */
export { type ImportAbout, type ImportProblem, type ImportResult, importRecords } from './import.ts'
export { parseColumns } from './mapping.ts'
export { nameRecord } from './naming.ts'
