/** The application as it is after an operation, on the database as it is before. */
import { type App, createApp } from '../app.ts'
import { loadDeployment } from '../config/index.ts'
import { fieldRefusals, fieldsAfter } from '../installation/own-fields.ts'
import type { Operation } from '../installation/plan.ts'
import { type InstalledState, stateOf } from '../installation/state.ts'
import { type Target, targetOf } from '../installation/target.ts'
import { discover } from '../module/discover.ts'
import { loadModules } from '../module/load.ts'
import type { Place } from './place.ts'

export interface Opened extends Place {
  readonly state: InstalledState
  readonly target: Target
  /** Undefined where the target cannot be reached anyway. */
  readonly app: App | undefined
}

/** Composes and connects; does so again where another process came between. */
export async function withTarget<R>(place: Place, operation: Operation, run: (opened: Opened) => Promise<R>): Promise<R> {
  const { root, log, version } = place.about
  const deployment = await loadDeployment(root)
  const packages = await discover(root, deployment.packages ?? [])
  for (;;) {
    const state = (await stateOf(place.url)) ?? nothingYet
    const isNew = state === nothingYet && operation.verb === 'install'
    const names = isNew ? [...deployment.install, ...operation.names] : operation.names
    const target = targetOf(packages, state.modules, { ...operation, names })
    const opened = { ...place, state, target }
    if (target.refusals.length > 0) return run({ ...opened, app: undefined })
    const load = (wanted: (one: Target['modules'][number]) => boolean) =>
      loadModules(
        packages,
        target.modules.filter(wanted).map(({ name }) => name),
      )
    const enabled = await load(({ state: its }) => its === 'enabled')
    const installed = target.modules.every(({ state: its }) => its === 'enabled') ? enabled : await load(() => true)
    const refusals = fieldRefusals(operation, state, target, enabled)
    if (refusals.length > 0) return run({ ...opened, target: { ...target, refusals }, app: undefined })
    const fields = fieldsAfter(state.fields, operation)
    const app = await createApp(enabled, { url: place.url, config: place.config, log, version, installed, fields })
    try {
      return await run({ ...opened, app })
    } catch (error) {
      if (!(error instanceof Elsewhere)) throw error
    } finally {
      await app.close()
    }
  }
}

/** Another process has done an operation between our look and our turn. */
export class Elsewhere extends Error {}

/** The state of a database that Tessera has not seen yet. */
export const nothingYet: InstalledState = { modules: [], revision: 0, manifest: undefined, fingerprint: undefined, fields: [] }
