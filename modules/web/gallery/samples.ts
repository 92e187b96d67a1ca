/** Realistic content for every screen; the texts are those of the mock-ups. */
export * from './entrance.ts'
export * from './form.ts'
export * from './form-states.ts'
export { mirrored, moduleIcons, withTheme } from './frame.ts'
export * from './kanban.ts'
export { list, listFirstUse, listNoMatch, listPlain, listSelected } from './lists.ts'
export * from './questions.ts'
