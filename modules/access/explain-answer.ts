/** An explanation as the screen shows it. */
import type { Told, ToldClause, ToldField, ToldRule } from '@tessera/base'
import type { Services, WhoMay } from '@tessera/core'
import { initialsOf, toneOf } from '@tessera/web'
import { type Asked, explainHref } from './explain-form.ts'
import { cellHref, roleHref } from './roles-names.ts'

export interface Clause {
  readonly says: string
  readonly has: string | null
  readonly tone: 'yes' | 'no' | 'open'
  /** What the sign says to whoever does not see it. */
  readonly answer: string
  readonly of: readonly Clause[]
}
export interface ShownRule {
  readonly title: string
  readonly about: string
  readonly origin: string
  readonly changed: boolean
  readonly cannot: boolean
  readonly fields: string | null
  readonly href: string | null
  readonly clauses: readonly Clause[]
}
export interface Shown {
  readonly question: string
  readonly allowed: boolean
  /** Allowed by the rules, but not in the record's present state. */
  readonly later: boolean
  readonly sentence: string
  readonly details: readonly string[]
  readonly roles: readonly string[]
  readonly rules: readonly ShownRule[]
  readonly within: readonly Clause[]
  readonly state: readonly Clause[]
  /** Fields are asked about only where there is a model. */
  readonly hasFields: boolean
  readonly end: { readonly title: string; readonly text: string } | null
  readonly fields: readonly ShownField[]
}
interface ShownField {
  readonly label: string
  readonly read: Right
  readonly write: Right
  readonly why: string
}
interface Right {
  readonly tone: 'yes' | 'no' | 'some'
  readonly says: string
}

export function answerOf(services: Services, told: Told): Shown {
  const { text } = services
  const clause = (each: ToldClause): Clause => ({
    says: each.says,
    has: each.has,
    tone: each.holds === null ? 'open' : each.holds ? 'yes' : 'no',
    answer: each.holds === null ? '' : text(each.holds ? 'access.explain.holds' : 'access.explain.fails'),
    of: each.of.map(clause),
  })
  const parts = (each: ToldClause): readonly Clause[] => (each.kind === 'all' ? each.of.map(clause) : [clause(each)])
  return {
    question: told.question,
    allowed: told.allowed,
    later: told.allowed && told.state?.fits === false,
    sentence: told.sentence,
    details: told.details,
    roles: told.roles.map(({ says }) => says),
    rules: told.rules.map((rule) => ruleShown(services, told, rule, rule.clause ? parts(rule.clause) : [clause(wholeOf(rule))])),
    within: told.within.map(clause),
    state: told.state?.clause ? parts(told.state.clause) : [],
    end: told.allowed
      ? null
      : { title: text('access.explain.nothing_else'), text: text('access.explain.all_tried', { count: told.roles.length }) },
    hasFields: told.model !== '',
    fields: isClosed(told) ? [] : (told.field ? [told.field] : told.fields).map((field) => fieldShown(services, told, field)),
  }
}

/** Whether no field at all is open: one sentence says more than a table then. */
function isClosed({ field, fields }: Told): boolean {
  return !field && fields.every(({ read, write }) => !(read.here ?? read.may) && !(write.here ?? write.may))
}

/** The users who may, and how many others. */
export async function whoOf({ text }: Services, { users, total }: WhoMay, asked: Asked) {
  return {
    users: users.map(({ name, email }) => ({
      name,
      initials: initialsOf(name),
      tone: toneOf(name),
      href: email === null ? null : explainHref({ ...asked, user: email, who: false }),
    })),
    others: total > users.length ? text('access.explain.and_others', { count: total - users.length }) : '',
  }
}

function ruleShown({ text }: Services, told: Told, rule: ToldRule, clauses: readonly Clause[]): ShownRule {
  return {
    title: text('base.explain.text.rule', { rule: rule.number }),
    about: `${rule.heldAs}, ${text(rule.cannot ? 'base.explain.text.forbids' : 'base.explain.text.allows', { verb: told.verbLabel })}`,
    origin: rule.everything ? '' : rule.module || text('base.explain.text.here'),
    changed: rule.local && rule.module !== '',
    cannot: rule.cannot,
    fields: rule.fieldLabels ? rule.fieldLabels.join(', ') : null,
    href: rule.everything ? null : told.model === '' ? roleHref(rule.role) : cellHref(rule.role, told.model, told.verb),
    clauses,
  }
}

/** A rule without a condition: it holds for every record. */
function wholeOf({ says, holds }: ToldRule): ToldClause {
  return { kind: 'is', says, has: null, holds, of: [] }
}

function fieldShown({ text }: Services, { verb }: Told, field: ToldField): ShownField {
  const isReading = verb === 'read' || verb === 'export'
  const { rule } = isReading ? field.read : field.write
  const role = isReading ? field.readRole : field.writeRole
  const why = field.actions.length > 0 ? text('access.explain.by_action', { actions: field.actions.join(', ') }) : ''
  return {
    label: field.label,
    read: rightOf(text, field.read),
    write: field.kept ? { tone: 'no', says: text('access.explain.kept') } : rightOf(text, field.write),
    why: why || (rule ? text('access.explain.by_rule', { rule: rule.number, role: role ?? '' }) : ''),
  }
}

function rightOf(text: Services['text'], { may, here }: ToldField['read']): Right {
  if (here === null && may === 'where') return { tone: 'some', says: text('access.explain.on_some') }
  const yes = here ?? may === true
  return { tone: yes ? 'yes' : 'no', says: text(yes ? 'base.condition.yes' : 'base.condition.no') }
}
