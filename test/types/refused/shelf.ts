import { defineModel, type Fields, type Model, p } from '@tessera/core'

const fields = { name: p.string() }
// refused: Named property 'vehicleModel' of types
export interface Shelf extends Fields<typeof fields> {}
export const Shelf: Model<Shelf> = defineModel('shelf', fields)
