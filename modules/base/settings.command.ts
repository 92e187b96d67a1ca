/** `tessera config settings`: what modules are set to. */
import { command, inputsOf, type Services } from '@tessera/core'
import { lockedIn, variablesOf } from './settings-locked.ts'

interface Line {
  readonly setting: string
  readonly value: unknown
  /** The variable that decides it, where one does. */
  readonly variable: string | null
}

export const configSettings = command('config settings', {
  help: 'print the settings of the modules in force, without secrets',
  run: (_, services) => linesOf(services),
  shown: (lines) =>
    lines.map(({ setting, value, variable }) => `${setting}  ${JSON.stringify(value)}${variable ? `  (${variable})` : ''}`).join('\n'),
})

async function linesOf(services: Services): Promise<readonly Line[]> {
  const groups = await Promise.all(
    services.app.settings.map(async (declared) => {
      const values = (await services.settings.get(declared)) as Readonly<Record<string, unknown>>
      const secret = new Set(inputsOf({ input: declared.schema }).flatMap((input) => (input.secret ? [input.name] : [])))
      const locked = lockedIn(declared, services.config)
      return Object.entries(values).map(([name, value]) => ({
        setting: `${services.settings.keyOf(declared)}.${name}`,
        value: secret.has(name) ? (value ? '***' : '') : value,
        variable: name in locked ? (variablesOf(declared).get(name) ?? null) : null,
      }))
    }),
  )
  return groups.flat()
}
