import type { StoredCondition } from '@tessera/base'
import { type Clause, conditionOn, matches, pathsOf, type Records, type Services, UserError, type Values, type Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { calendarsOf } from './calendars.ts'
import { type Clock, firstResponseDue, type Promised, resolutionDue, runningSince, settled, started, stopped } from './clock.ts'
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
    if (isClosedOrReopened || fields.includes('status')) await this.#keep(ticket, await this.#policyOf(ticket))
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
    // Without a clock nothing was ever promised.
    if (!policy && ticket.slaUsed === null) return
    const before = policy ? clockOf(ticket) : await this.#settled(ticket)
    await this.#records.update(Ticket, ticket.id, {
      slaPolicy: policy?.id ?? null,
      ...deadlines(ticket, policy ?? nothingPromised, before, this.services.context.now),
    })
  }

  /** What was used until its policy ceased to hold is counted in the hours of that policy; what had run out by then stays so. */
  async #settled(ticket: Ticket): Promise<Clock> {
    const { now } = this.services.context
    const { resolutionTarget: target } = ticket
    const policy = await this.#policyOf(ticket)
    return policy ? settled(clockOf(ticket), target && target < now ? target : now, policy) : clockOf(ticket)
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

  /** The policy that a ticket has, also when it is not active any more: what was promised stays promised. */
  async #policyOf({ slaPolicy }: Ticket): Promise<Policy | undefined> {
    if (!slaPolicy) return undefined
    return (await this.#policies()).find(({ id }) => id === slaPolicy.id) ?? (await this.#read({ id: slaPolicy.id }))[0]
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

/**
 * What a ticket has while no policy holds. Its clock stands and goes on all the same; what it ran before a pause is in nobody's hours
 * and uses none.
 */
const nothingPromised: Promised = {
  calendar: { zone: 'UTC', times: [], holidays: new Set() },
  firstResponse: null,
  resolution: null,
  atRisk: 0,
}

/** As it was kept when the ticket changed last; it runs from filing. */
const clockOf = ({ slaUsed, slaSince, createdAt }: Ticket): Clock =>
  slaUsed === null ? runningSince(createdAt) : { used: slaUsed, since: slaSince }

function deadlines(ticket: Ticket, promised: Promised, before: Clock, now: Date) {
  const response = firstResponseDue(promised, ticket.createdAt)
  const clock = goneOn(before, ticket, promised, now)
  const { target, risk, left } = resolutionDue(clock, promised)
  // What is closed while its clock stood was closed with so much time left: it would have been due so much later.
  const closed = ticket.closedAt && !target ? resolutionDue(started(clock, ticket.closedAt), promised) : undefined
  return {
    firstResponseTarget: response.target,
    firstResponseRisk: response.risk,
    resolutionTarget: closed?.target ?? target,
    resolutionRisk: risk,
    resolutionLeft: left,
    slaUsed: clock.used,
    slaSince: clock.since,
  }
}

/** Stands while the ticket is on hold and once it is closed, and goes on with what was left. */
function goneOn(before: Clock, { closedAt, status }: Ticket, promised: Promised, now: Date): Clock {
  if (closedAt) return stopped(before, closedAt, promised)
  return status.category === 'paused' ? stopped(before, now, promised) : started(before, now)
}

/** What the service writes itself follows from the rest: a policy that looks at it is not chosen because of it. */
const ownFields: ReadonlySet<string> = new Set([
  'slaPolicy',
  'slaUsed',
  'slaSince',
  'firstResponseTarget',
  'firstResponseRisk',
  'firstResponseDue',
  'firstResponseMet',
  'firstResponseWarning',
  'resolutionTarget',
  'resolutionRisk',
  'resolutionLeft',
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
