import { type Fields, p } from '@tessera/core'

const fields = { vehicleModel: p.string().nullable() }
const others = { vehicleModel: p.integer().nullable() }
declare module './shelf.ts' {
  interface Shelf extends Fields<typeof fields> {}
}
declare module './shelf.ts' {
  interface Shelf extends Fields<typeof others> {}
}
