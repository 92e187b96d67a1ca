/** What core itself tells whichever module provides the service `audit`. */
import type { Services } from './services.ts'

interface Audit {
  note(kind: 'module' | 'job', about: { readonly details: object }): Promise<void>
}

/** Undefined where no installed module keeps an audit log. */
export function auditOf(services: Services): Audit | undefined {
  return services.app.services.has('audit') ? (services as Services & { readonly audit: Audit }).audit : undefined
}
