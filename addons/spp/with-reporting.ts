/** Where figures are kept, a program leads to them: the reports, narrowed to its tickets. */
import { action, type Extra, given, patch } from '@tessera/core'
import { Program } from './program.model.ts'

const reports = action(Program, 'reports', {
  label: 'Reports',
  icon: 'chart-bar',
  opens: given(['id'], ({ id }): `/${string}` => `/reports?sppProgram=${id}`),
})

const extra: Extra = {
  actions: [reports],
  views: [patch(Program, { form: { after: 'name', insert: [reports] } })],
}
export default extra
