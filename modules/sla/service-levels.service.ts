import type { StoredCondition } from '@tessera/base'
import { type Clause, conditionOn, matches, pathsOf, type Records, type Services, UserError, type Values, type Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { calendarsOf } from './calendars.ts'
import { type Clock, firstResponseDue, type Promised, resolutionDue, runningSince, started, stopped } from './clock.ts'
import { SlaPolicy } from './policy.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly serviceLevels: ServiceLevelService
  }
}

/** How it stands with a deadline of which somebody is told. */
export type Stage = 'atRisk' | 'overdue'
const warnings = [
  { warning: 'firstResponseWarning', due: 'firstResponseDue', order: { firstResponseWarning: 'asc' } },
  { warning: 'resolutionWarning', due: 'resolutionDue', order: { resolutionWarning: 'asc' } },
] as const
type Warning = (typeof warnings)[number]
const aDay = 86_400_000

/** A policy with its working hours, ready to count with. */
interface Policy extends Promised {
  readonly id: string
  readonly condition: StoredCondition
  readonly clause: Clause
  /** Fields of the ticket that its condition looks at. */
  readonly reads: ReadonlySet<string>
}

/** Keeps the deadlines of tickets. They follow from what happens to a ticket, whoever does it and through whichever door. */
export class ServiceLevelService {
  protected readonly services: Services
  /** Whether this very request changes policies or hours: what others may keep is then not what it sees. */
  #isChanging = false

  constructor(services: Services) {
    this.services = services
  }

  /** For a ticket that was just filed. */
  async filed(ticket: Ticket): Promise<void> {
    await this.#keep(ticket, await this.#policyFor(ticket))
  }

  /**
   * For a ticket of which these fields have changed: another policy may hold, its clock may stand or go on. While it is closed nothing
   * is counted anew, so that what was met or missed stays so; what changed meanwhile is looked at when it is reopened.
   */
  async changed(ticket: Ticket, fields: readonly string[]): Promise<void> {
    const isClosedOrReopened = fields.includes('closedAt')
    if (ticket.closedAt && !isClosedOrReopened) return
    const policies = await this.#policies()
    const isRead = policies.some(({ reads }) => fields.some((field) => reads.has(field) && !ownFields.has(field)))
    if (!ticket.closedAt && (isRead || isClosedOrReopened)) return this.#keep(ticket, await this.#policyFor(ticket))
    // A policy that was changed since is applied as it is now.
    if (!isClosedOrReopened && !fields.includes('status')) return
    const policy = policies.find(({ id }) => id === ticket.slaPolicy?.id) ?? (await this.#stopped(ticket))
    if (policy) await this.#keep(ticket, policy)
  }

  /** For a ticket of which somebody wants it all counted again. */
  async apply(ticket: Ticket): Promise<void> {
    await this.#keep(ticket, await this.#policyFor(ticket))
  }

  /**
   * Warns of deadlines that come near or have passed, of each once: what is told is judged of the locked ticket, and is told in the
   * transaction that says so. Whatever is left after so many is for the next minute.
   */
  async warnAll(): Promise<void> {
    const { now } = this.services.context
    for (const { warning, due, order } of warnings) {
      const { rows } = await this.#records.query(Ticket, {
        fields: [],
        where: { [warning]: { $lte: now } } as Where<Ticket>,
        order,
        limit: 200,
      })
      for (const { id } of rows) await this.#records.transaction(() => this.#warn(id, warning, due))
    }
  }

  /** Tells whom it concerns; there is nobody to do that here. */
  protected async tell(_ticket: Ticket, _stage: Stage): Promise<void> {}

  async #warn(id: string, warning: Warning['warning'], due: Warning['due']): Promise<void> {
    const { now } = this.services.context
    const ticket = await this.#records.lock(Ticket, id)
    const [at, until] = [ticket[warning], ticket[due]]
    if (!at || !until || at > now) return
    const stage = until <= now ? 'overdue' : 'atRisk'
    await this.#records.update(Ticket, ticket.id, { [warning]: stage === 'overdue' ? null : until })
    // What was brought over from elsewhere was due long ago, there: nobody waits to hear of it.
    if (now.getTime() - (stage === 'overdue' ? until : at).getTime() < aDay) await this.tell(ticket, stage)
  }

  /** Drops what this process keeps of policies; core calls it when one of the announced models changes anywhere. */
  forget(): void {
    keptBy(this.services.app).forget()
  }

  /** Policies or hours are being changed by this request. */
  changing(): void {
    this.#isChanging = true
    this.forget()
  }

  async #keep(ticket: Ticket, policy: Policy | undefined): Promise<void> {
    if (!policy && !ticket.slaPolicy) return
    await this.#records.update(Ticket, ticket.id, policy ? this.#deadlines(ticket, policy) : noDeadlines)
  }

  #deadlines(ticket: Ticket, policy: Policy) {
    const response = firstResponseDue(policy, ticket.createdAt)
    const clock = this.#clockOf(ticket, policy)
    const { target, risk, left } = resolutionDue(clock, policy)
    // What is closed while its clock stood was closed with so much time left: it would have been due so much later.
    const closed = ticket.closedAt && !target ? resolutionDue(started(clock, ticket.closedAt), policy) : undefined
    return {
      slaPolicy: policy.id,
      firstResponseTarget: response.target,
      firstResponseRisk: response.risk,
      resolutionTarget: closed?.target ?? target,
      resolutionRisk: risk,
      resolutionLeft: left,
      slaUsed: clock.used,
      slaSince: clock.since,
    }
  }

  /** It runs from filing, stands while the ticket is on hold and once it is closed, and goes on with what was left. */
  #clockOf(ticket: Ticket, policy: Policy): Clock {
    const { now } = this.services.context
    const before: Clock =
      ticket.slaPolicy && ticket.slaUsed !== null ? { used: ticket.slaUsed, since: ticket.slaSince } : runningSince(ticket.createdAt)
    if (ticket.closedAt) return stopped(before, ticket.closedAt, policy)
    if (ticket.status.category === 'paused') return stopped(before, now, policy)
    return started(before, now)
  }

  /** The first active policy whose condition holds. */
  async #policyFor(ticket: Ticket): Promise<Policy | undefined> {
    for (const policy of await this.#policies()) if (await this.#holds(policy, ticket)) return policy
    return undefined
  }

  /** Judged by the record at hand where that has all it takes; else the database is asked. */
  async #holds({ id, condition, clause }: Policy, ticket: Ticket): Promise<boolean> {
    const { context, log } = this.services
    const values = ticket as unknown as Values
    if (isAtHand(clause, values)) return matches(clause, values, { me: {}, now: context.now })
    try {
      return (await this.#records.count(Ticket, { where: { $and: [{ id: ticket.id }, condition as Where<Ticket>] } })) > 0
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      // A field that is gone must keep nobody from filing a ticket. What the condition says is no business of the log.
      log.warn({ policy: id, code: error.code }, 'The condition of an SLA policy cannot be read, so that it holds for no ticket.')
      return false
    }
  }

  async #policies(): Promise<readonly Policy[]> {
    const read = () => this.#read({ active: true })
    return this.#isChanging ? read() : keptBy(this.services.app).policies(read)
  }

  /** The policy of a ticket that is not active any more: what was promised stays promised. */
  async #stopped({ slaPolicy }: Ticket): Promise<Policy | undefined> {
    return slaPolicy ? (await this.#read({ id: slaPolicy.id }))[0] : undefined
  }

  async #read(where: Where<SlaPolicy>): Promise<readonly Policy[]> {
    const model = this.services.app.models.of(Ticket)
    const fields = ['condition', 'workingHours', 'firstResponse', 'resolution', 'atRisk'] as const
    const { rows } = await this.#records.query(SlaPolicy, { fields, where, limit: 200 })
    if (rows.length === 0) return []
    const calendars = await calendarsOf(this.#records, [...new Set(rows.map(({ workingHours }) => workingHours.id))])
    return rows.map(({ workingHours, condition, ...policy }) => {
      const clause = conditionOn(model, condition)
      return {
        ...policy,
        condition,
        clause,
        reads: new Set(pathsOf(clause).map(([head]) => head!)),
        calendar: calendars.get(workingHours.id)!,
      }
    })
  }

  get #records(): Records {
    return this.services.asSystem('What was promised for a ticket is kept by the system, whoever changes it.')
  }
}

/** What the service writes itself follows from the rest: a policy that looks at it is not chosen because of it. */
const noDeadlines = {
  slaPolicy: null,
  firstResponseTarget: null,
  firstResponseRisk: null,
  resolutionTarget: null,
  resolutionRisk: null,
  resolutionLeft: null,
  slaUsed: null,
  slaSince: null,
}
const ownFields: ReadonlySet<string> = new Set([
  ...Object.keys(noDeadlines),
  'firstResponseDue',
  'firstResponseMet',
  'firstResponseWarning',
  'resolutionDue',
  'resolutionMet',
  'resolutionWarning',
  'slaDue',
  'slaRisk',
])

/** Whether the record has every value that the condition looks at. Related records of a to-many field it never has. */
function isAtHand(clause: Clause, record: Values): boolean {
  if ('all' in clause) return clause.all.every((each) => isAtHand(each, record))
  if ('any' in clause) return clause.any.every((each) => isAtHand(each, record))
  if ('not' in clause) return isAtHand(clause.not, record)
  if ('some' in clause) return false
  let at: unknown = record
  for (const step of clause.path) {
    if (at === null) return true
    if (typeof at !== 'object' || at === undefined || !(step in at)) return false
    at = (at as Values)[step]
  }
  return true
}

/** Policies as this process keeps them between requests, until one of them or of their hours is announced to have changed. */
class KeptPolicies {
  #policies: readonly Policy[] | undefined
  #age = 0

  async policies(read: () => Promise<readonly Policy[]>): Promise<readonly Policy[]> {
    if (this.#policies) return this.#policies
    const age = this.#age
    const found = await read()
    // What was forgotten meanwhile may be older than what was announced.
    if (age === this.#age) this.#policies = found
    return found
  }

  forget(): void {
    this.#age += 1
    this.#policies = undefined
  }
}

const keptPolicies = new WeakMap<Services['app'], KeptPolicies>()
function keptBy(app: Services['app']): KeptPolicies {
  const known = keptPolicies.get(app) ?? new KeptPolicies()
  keptPolicies.set(app, known)
  return known
}
