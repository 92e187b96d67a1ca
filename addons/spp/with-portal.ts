/** Where customers file tickets themselves, they say of which program they speak. */
import type { Extra } from '@tessera/core'
import { mayFill, portalForm } from '@tessera/portal'

const forms = [
  portalForm('inquiry', { icon: 'help-circle', fields: ['sppProgram'] }),
  portalForm('request', { icon: 'clipboard-list', fields: ['sppProgram'] }),
  portalForm('complaint', { icon: 'mood-sad', fields: ['sppProgram'] }),
]

const extra: Extra = {
  permissions: mayFill(...forms),
  overrides: {
    portal: (Portal) =>
      class SppPortal extends Portal {
        override forms() {
          return [...super.forms(), ...forms]
        }
      },
  },
}
export default extra
