/** Module operations from beginning to end: from a folder and its environment to the plan, and to what the plan says. */
export { type CarryOut, carryOut, type Done } from './carry-out.ts'
export type { OperationAbout } from './place.ts'
export { planOperation } from './plan.ts'
