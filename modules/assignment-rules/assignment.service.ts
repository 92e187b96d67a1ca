import { type StoredCondition, Team, User } from '@tessera/base'
import { fill, type Records, type Services, UserError, type Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { AssignmentRule, AssignmentTurn } from './rule.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly assignment: AssignmentService
  }
}

/** To whom a rule gives a ticket, by id, and why in words. */
export interface Receiver {
  readonly team: string | null
  readonly assignee: string | null
  readonly reason: string
}

/**
 * Hands tickets out by the rules. What goes wrong with a rule is written on the ticket, which stays unassigned; the change that
 * brought the ticket here succeeds all the same. An addon adds strategies by overriding `receiverOf`.
 */
export class AssignmentService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** For a ticket that was just filed. Whoever filed it for somebody or a team has decided already. */
  async created(ticket: Ticket): Promise<void> {
    if (ticket.assignee || ticket.team) return
    await this.#assign(ticket)
  }

  /** For a ticket that somebody asks the rules about: he is told when no rule holds. */
  async request(ticket: Ticket): Promise<void> {
    if (!(await this.#assign(ticket)))
      await this.#failed(ticket, 'No assignment rule holds for this ticket. Assign it by hand, or add a rule.')
  }

  /** The first active rule whose condition holds for the ticket. */
  async firstFor(ticket: string): Promise<AssignmentRule | null> {
    const rules = await this.#records.query(AssignmentRule, { fields: ['name', 'condition'], where: { active: true }, limit: 200 })
    for (const rule of rules.rows) if (await this.#holds(ticket, rule)) return this.#records.get(AssignmentRule, rule.id)
    return null
  }

  /** Whom the rule's strategy chooses. The row that the choice depends on stays locked, so that two tickets at once choose one after the other. */
  protected async receiverOf(rule: AssignmentRule): Promise<Receiver> {
    if (rule.strategy === 'person') return this.#person(rule)
    const team = await this.#team(rule)
    if (rule.strategy === 'team')
      return { team: team.id, assignee: null, reason: said('Rule "{rule}" gave it to the team {team}.', rule, team) }
    return rule.strategy === 'round_robin' ? this.#inTurn(rule, team) : this.#leastLoaded(rule, team)
  }

  async #assign(ticket: Ticket): Promise<boolean> {
    try {
      return await this.#records.transaction(async () => {
        const rule = await this.firstFor(ticket.id)
        if (!rule) return false
        const { reason, ...to } = await this.receiverOf(rule)
        const explained = { assignedBy: rule.id, assignmentReason: reason, assignmentProblem: null }
        await this.#records.update(Ticket, ticket.id, { ...to, ...explained })
        return true
      })
    } catch (error) {
      await this.#failed(
        ticket,
        error instanceof UserError ? error.message : 'The assignment rules failed unexpectedly. Assign it by hand.',
      )
      return true
    }
  }

  async #failed(ticket: Ticket, assignmentProblem: string): Promise<void> {
    await this.#records.update(Ticket, ticket.id, { assignmentProblem })
  }

  async #holds(ticket: string, rule: { readonly name: string; readonly condition: StoredCondition }): Promise<boolean> {
    try {
      const where: Where<Ticket> = { $and: [{ id: ticket }, rule.condition as Where<Ticket>] }
      return (await this.#records.count(Ticket, { where })) > 0
    } catch (cause) {
      if (!(cause instanceof UserError)) throw cause
      const values = { rule: rule.name, reason: cause.message }
      throw new UserError('assignment.broken_rule', 'The condition of the rule "{rule}" cannot be read: {reason}', values, { cause })
    }
  }

  async #person({ name, team, person }: AssignmentRule): Promise<Receiver> {
    const values = { rule: name, person: person?.name }
    if (!person?.active) {
      throw new UserError(
        'assignment.person_left',
        'The rule "{rule}" gives to {person}, who is not active any more. Change the rule.',
        values,
      )
    }
    if (team && !team.active) throw this.#archived(name, team)
    return { team: team?.id ?? null, assignee: person.id, reason: said('Rule "{rule}" gave it to {person}.', { name }, person) }
  }

  /** Each member after the other, in the order of their ids: who joins later comes later. */
  async #inTurn(rule: AssignmentRule, team: Team): Promise<Receiver> {
    const found = await this.#records.find(AssignmentTurn, { rule: rule.id })
    const turn = await this.#records.lock(AssignmentTurn, found?.id ?? rule.id)
    const next = (turn.last && (await this.#member(team, { id: { $gt: turn.last.id } }))) ?? (await this.#member(team, {}))
    if (!next) throw this.#nobody(rule, team)
    await this.#records.update(AssignmentTurn, turn.id, { last: next.id })
    return { team: team.id, assignee: next.id, reason: said('Rule "{rule}" gave it to {person}, whose turn it was.', rule, next) }
  }

  async #leastLoaded(rule: AssignmentRule, team: Team): Promise<Receiver> {
    const { rows } = await this.#records.query(User, {
      fields: ['name', 'openTickets'],
      where: { active: true, staff: true, teams: { id: team.id } },
      order: { openTickets: 'asc', name: 'asc' },
      limit: 1,
    })
    const least = rows[0]
    if (!least) throw this.#nobody(rule, team)
    const reason = said('Rule "{rule}" gave it to {person}, who had the fewest open tickets of the team: {open}.', rule, {
      ...least,
      open: least.openTickets,
    })
    return { team: team.id, assignee: least.id, reason }
  }

  async #member(team: Team, where: Where<User>): Promise<{ readonly id: string; readonly name: string } | undefined> {
    const members: Where<User> = { $and: [{ active: true, staff: true, teams: { id: team.id } }, where] }
    const { rows } = await this.#records.query(User, { fields: ['name'], where: members, order: { id: 'asc' }, limit: 1 })
    return rows[0]
  }

  /** Locked where the choice looks at what its members have: several rules may give to one team. */
  async #team({ name, team, strategy }: AssignmentRule): Promise<Team> {
    if (!team) throw new UserError('assignment.no_team', 'The rule "{rule}" names no team. Change the rule.', { rule: name })
    const current = strategy === 'least_loaded' ? await this.#records.lock(Team, team.id) : team
    if (!current.active) throw this.#archived(name, current)
    return current
  }

  #archived(rule: string, { name }: { readonly name: string }): UserError {
    const sentence = 'The rule "{rule}" gives to the team {team}, which is archived. Change the rule, or take the team back.'
    return new UserError('assignment.team_archived', sentence, { rule, team: name })
  }

  #nobody(rule: AssignmentRule, team: Team): UserError {
    const sentence = 'The rule "{rule}" gives to the team {team}, which has no active member. Add one, or change the rule.'
    return new UserError('assignment.empty_team', sentence, { rule: rule.name, team: team.name })
  }

  get #records(): Records {
    return this.#services.asSystem('Who gets a ticket is decided by the assignment rules, whoever files it.')
  }
}

function said(sentence: string, rule: { readonly name: string }, to: { readonly name: string; readonly open?: unknown }): string {
  return fill(sentence, { rule: rule.name, person: to.name, team: to.name, open: to.open })
}
