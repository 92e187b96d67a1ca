/** Where figures are kept, a program has a dashboard of its own: the desk's, narrowed to its tickets. */
import { action, type Extra, given, patch } from '@tessera/core'
import { Program } from './program.model.ts'

const dashboard = action(Program, 'dashboard', {
  label: 'Dashboard',
  icon: 'chart-bar',
  opens: given(['id'], ({ id }): `/${string}` => `/dashboard?sppProgram=${id}`),
})

const extra: Extra = {
  actions: [dashboard],
  views: [patch(Program, { form: { after: 'name', insert: [dashboard] } })],
}
export default extra
