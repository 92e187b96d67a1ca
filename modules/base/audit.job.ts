import { job, type Records, type Services } from '@tessera/core'
import { type Head, macOf } from './audit-chain.ts'
import { AuditEntry } from './audit-entry.model.ts'
import { publishHead } from './audit-head.ts'
import { AuditSeal } from './audit-seal.model.ts'
import { sealableOf, sealedFields } from './audit-sealed.ts'

/**
 * Chains the entries that were committed since. It runs beside the deeds and not in them: one chain is one lock, and nobody shall
 * wait for it. What it publishes must be committed, so it keeps its own transaction.
 */
export const sealsAudit = job('audit.seal', {
  every: '* * * * *',
  outside: true,
  async run(_, services) {
    const head = await sealAll(services)
    if (head) await publishHead(services, head)
  },
})

async function sealAll(services: Services): Promise<Head | undefined> {
  const records = services.asSystem('The audit log is sealed by the system.')
  const key = services.config.secret('audit')
  for (let head: Head | undefined; ; ) {
    const sealed = await records.transaction(async () => {
      await records.alone('audit')
      return sealSome(records, key)
    })
    head = sealed.head
    if (sealed.count < atOnce) return head
  }
}

async function sealSome(records: Records, key: Buffer): Promise<{ readonly head: Head | undefined; readonly count: number }> {
  const { rows: last } = await records.query(AuditSeal, { fields: ['number', 'mac', 'entry'], order: { number: 'desc' }, limit: 1 })
  let head = last[0]
  // Ids rise with time. Whatever is a day older than the last sealed entry was sealed with it or before it.
  const since = last[0]?.entry ? { id: { $gte: aDayBefore(last[0].entry.id) } } : {}
  const { rows } = await records.query(AuditEntry, {
    fields: sealedFields,
    where: { ...since, $not: { seals: {} } },
    order: { id: 'asc' },
    limit: atOnce,
  })
  const drafts = rows.map((entry) => {
    const number = (head?.number ?? 0) + 1
    const mac = macOf(key, head?.mac ?? '', number, sealableOf(entry))
    head = { ...entry, number, mac, entry: { id: entry.id, label: '' } }
    return { number, entry: entry.id, mac }
  })
  if (drafts.length > 0) await records.createMany(AuditSeal, drafts)
  return { head: head && { number: head.number, mac: head.mac }, count: rows.length }
}

const atOnce = 200

/** The least id of one day earlier: the first 48 bits of an id are its milliseconds. */
function aDayBefore(id: string): string {
  const at = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) - 86_400_000
  const hex = Math.max(0, at).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
