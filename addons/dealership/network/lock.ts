import { Forbidden, type Services, settings, type Traits } from '@tessera/core'
import { z } from 'zod'
import { identitySystem } from '../roles.ts'

/** Whether the network is kept by the Identity System alone, and what its branches' clocks show where they say nothing else. */
export const networkSettings = settings(
  'Network',
  z.object({
    locked: z.boolean().default(false).describe('Only the Identity System may change companies, branches, teams and their users'),
    zone: z.string().default('UTC').describe('The time zone of branches that name none'),
  }),
)

/** The behaviour of a model that the Identity System keeps: while the network is locked nobody else changes it, by whichever door. */
export function keptByIdentitySystem<T>(what: string): NonNullable<Traits<T>['around']> {
  return {
    async create(draft, next, services) {
      await refuseWhileLocked(services, what)
      return next(draft)
    },
    async update(_, changes, next, services) {
      await refuseWhileLocked(services, what)
      await next(changes)
    },
    async remove(_, next, services) {
      await refuseWhileLocked(services, what)
      await next()
    },
  }
}

/** An administrator may do everything but this: what he changed here the next synchronisation would take back. */
export async function refuseWhileLocked(services: Services, what: string): Promise<void> {
  if (services.context.caller.ability.roles.has(identitySystem.name)) return
  if (!(await services.settings.get(networkSettings)).locked) return
  throw new Forbidden(
    'dealership.locked',
    'The {what} are kept by the Identity System and cannot be changed here. Change them there; they come over by themselves.',
    { what },
  )
}
