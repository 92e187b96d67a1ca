/** A dry run: where the open tickets that nobody has would go by the rules as they are. It changes nothing. */
import { manager, type StoredCondition } from '@tessera/base'
import { page, type Reply, type Request, type Services, UserError, type Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { templates } from '@tessera/web'
import { AssignmentRule } from './rule.model.ts'

const render = templates(new URL('templates/', import.meta.url))
const path = '/assignment-rules/try'

export const tryPages = [page(`GET ${path}`, { may: manager, respond: tryPage })]

const nobodyHas: Where<Ticket> = { assignee: null, team: null, status: { category: { $ne: 'closed' } } }

/** What a rule would take, and the list of just these tickets; or why it takes none. */
interface Outcome {
  readonly name: string
  readonly when: string
  readonly href: string
  readonly problem?: string
  readonly count?: number
  readonly tickets?: string
}

async function tryPage(request: Request, services: Services): Promise<Reply> {
  const { records, screens, text } = services
  const fields = ['name', 'when', 'condition'] as const
  const { rows } = await records.query(AssignmentRule, { fields, where: { active: true }, limit: 200 })
  const earlier: Where<Ticket>[] = []
  const outcomes: Outcome[] = []
  for (const { id, name, when, condition } of rows) {
    const about = { name, when: when ?? '', href: `/assignment-rules/${id}` }
    const where = taking(condition, earlier)
    try {
      outcomes.push({ ...about, count: await records.count(Ticket, { where }), tickets: listOf(where) })
      earlier.push(condition as Where<Ticket>)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      outcomes.push({ ...about, problem: error.message })
    }
  }
  const rest = taking({}, earlier)
  const model = {
    rules: outcomes,
    total: await records.count(Ticket, { where: nobodyHas }),
    rest: { count: await records.count(Ticket, { where: rest }), tickets: listOf(rest) },
  }
  return screens.page(request, { title: text('assignment.try'), content: render('try', model, services), at: path })
}

/** The tickets that nobody has, that the condition holds for and that no earlier rule takes. */
function taking(condition: StoredCondition, earlier: readonly Where<Ticket>[]): Where<Ticket> {
  return { $and: [nobodyHas, condition as Where<Ticket>, ...earlier.map((before): Where<Ticket> => ({ $not: before }))] }
}

function listOf(where: Where<Ticket>): string {
  return `/tickets?${new URLSearchParams({ filter: '', where: JSON.stringify(where) })}`
}
