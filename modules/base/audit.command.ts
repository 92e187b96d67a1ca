import { BadRequest, CheckFailed, command, type Services, UserError } from '@tessera/core'
import { z } from 'zod'
import { headIn, headText } from './audit-chain.ts'
import { publishedHead } from './audit-head.ts'
import { AuditSeal } from './audit-seal.model.ts'
import { verifyAudit } from './audit-verify.ts'
import { User } from './user.model.ts'

/** Whether anybody touched the audit log. What was published in the data folder is always compared with it. */
export const auditVerify = command('audit verify', {
  help: 'check that nothing of the audit log was edited, removed, cut off or reordered',
  input: z.object({ head: z.string().optional().describe('how far it reached when you looked last, as "tessera audit head" prints it') }),
  async run({ head: given }, services) {
    const { config } = services
    const known = given === undefined ? undefined : headIn(given)
    if (given !== undefined && !known)
      throw new BadRequest('base.audit_no_head', '"{head}" is no head of the audit log: it looks like 12:9f86….', { head: given })
    const kept = await publishedHead(config.dataDir)
    const published = [known, kept].filter((head) => head !== undefined)
    const records = reading(services)
    const { faults, sealed, waiting, erased, head } = await verifyAudit(records, config.secret('audit'), published)
    const found = { sealed, waiting, erased, head: head ? headText(head) : null }
    if (faults.length === 0) return found
    throw new CheckFailed(
      'base.audit_broken',
      'The audit log is not as it was written ({count} faults; {sealed} entries are sealed, {waiting} not yet):',
      { ...found, count: faults.length },
      { errors: faults, hint: 'Keep a copy of the database as it is now, and compare it with a backup.' },
    )
  },
})

/** To be kept somewhere else, and given to `tessera audit verify --head` later. */
export const auditHead = command('audit head', {
  help: 'print how far the audit log is sealed, to be kept elsewhere',
  async run(_, services) {
    const { rows } = await reading(services).query(AuditSeal, { fields: ['number', 'mac'], order: { number: 'desc' }, limit: 1 })
    if (rows[0]) return headText(rows[0])
    throw new UserError(
      'base.audit_nothing_sealed',
      'Nothing of the audit log is sealed yet.',
      {},
      { hint: 'A server that runs does it every minute.' },
    )
  },
})

/** What the log knows of one person besides his id. Also for addresses that never had an account: those that were refused. */
export const auditErase = command('audit erase', {
  help: 'erase the personal details of one person from the audit log, which stays whole',
  input: z.object({ user: z.string().min(3).describe('whose, by email address') }),
  async run({ user: given }, services, database) {
    const email = given.trim().toLowerCase()
    const user = await reading(services).find(User, { email })
    const erased = await database.transaction(async (sql) => {
      const rows = await sql(
        `update audit_personal p set salt = null, details = null from audit_entry e
          where e.id = p.entry_id and p.details is not null
            and (e.actor_id = $1::uuid or e.subject_id = $1::uuid
              or jsonb_path_exists(p.details, '$.** ? (@ == $email)', jsonb_build_object('email', $2::text)))
          returning p.id`,
        [user?.id ?? null, email],
      )
      return Array.isArray(rows) ? rows.length : 0
    })
    await services.audit.note('personal.erased', { ...(user && { model: 'user', record: user.id }), details: { count: erased } })
    return { erased }
  },
})

function reading({ asSystem }: Services) {
  return asSystem('An operator looks after the audit log.')
}
