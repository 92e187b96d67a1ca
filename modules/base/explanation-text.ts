/** An explanation as plain text, for a terminal and to be copied. */
import type { Services } from '@tessera/core'
import type { Told, ToldClause, ToldRule } from './explanation-words.ts'

/** How a mark or a word is set off; a terminal colours it. */
type Style = (style: 'bold' | 'dim' | 'red' | 'green', text: string) => string
const plain: Style = (_, text) => text

export function explanationText({ text }: Pick<Services, 'text'>, told: Told, style: Style = plain): string {
  const lines: string[] = [
    told.question,
    style(told.allowed ? 'green' : 'red', told.sentence),
    ...told.details,
    '',
    style('bold', text('base.explain.text.roles')),
    ...(told.roles.length > 0 ? told.roles.map(({ says }) => `  ${says}`) : [`  ${text('base.explain.text.none')}`]),
  ]
  for (const rule of told.rules) lines.push('', ...ruleLines({ text }, told, rule, style))
  if (told.within.length > 0)
    lines.push('', style('bold', text('base.explain.text.within')), ...told.within.flatMap((each) => clauseLines(each, style, 1)))
  if (told.state?.clause) lines.push('', style('bold', text('base.explain.text.state')), ...clauseLines(told.state.clause, style, 1))
  const fields = told.fields.filter(({ read, write }) => isPartly(read) || isPartly(write))
  if (told.field || isNarrowed(told)) lines.push('', ...fieldLines({ text }, told, style))
  else if (told.model !== '' && fields.length === 0) lines.push('', style('dim', text('base.explain.text.every_field')))
  return lines.join('\n')
}

/** "✓" and "✗" say it without colour too; without a record nothing is known. */
function mark(holds: boolean | null): string {
  return holds === null ? '·' : holds ? '✓' : '✗'
}

function ruleLines({ text }: Pick<Services, 'text'>, told: Told, rule: ToldRule, style: Style): readonly string[] {
  const origin = rule.local ? text(rule.module === '' ? 'base.explain.text.here' : 'base.explain.text.changed_here') : rule.module
  const about = [
    rule.heldAs,
    text(rule.cannot ? 'base.explain.text.forbids' : 'base.explain.text.allows', { verb: told.verbLabel }),
    origin,
  ]
  const head = `${style('bold', text('base.explain.text.rule', { rule: rule.number }))}  ${about.filter((each) => each !== '').join(', ')}`
  const fields = rule.fieldLabels ? [`  ${text('base.explain.text.fields', { fields: rule.fieldLabels.join(', ') })}`] : []
  return [head, ...fields, ...(rule.clause ? clauseLines(rule.clause, style, 1) : [`  ${marked(rule.holds, style)} ${rule.says}`])]
}

function clauseLines(clause: ToldClause, style: Style, depth: number): readonly string[] {
  const indent = '  '.repeat(depth)
  const has = clause.has === null ? '' : `  ${style(clause.holds === false ? 'red' : 'dim', `(${clause.has})`)}`
  // What is joined by "and" at the top needs no line of its own.
  if (depth === 1 && clause.kind === 'all') return clause.of.flatMap((each) => clauseLines(each, style, depth))
  return [
    `${indent}${marked(clause.holds, style)} ${clause.says}${has}`,
    ...clause.of.flatMap((each) => clauseLines(each, style, depth + 1)),
  ]
}

function marked(holds: boolean | null, style: Style): string {
  return holds === null ? mark(holds) : style(holds ? 'green' : 'red', mark(holds))
}

type Right = Told['fields'][number]['read']

/** Of this record where there is one, else of some. */
function isPartly({ may, here }: Right): boolean {
  return here === null ? may !== true : !here
}

function isNarrowed({ fields, allowed }: Told): boolean {
  return allowed && fields.some(({ read }) => isPartly(read)) && fields.some(({ read }) => !isPartly(read))
}

/** The fields that are not like the others: the one that was asked about, and of a narrowed record those that are open. */
function fieldLines({ text }: Pick<Services, 'text'>, told: Told, style: Style): readonly string[] {
  const shown = told.field ? [told.field] : told.fields
  const width = Math.max(...shown.map(({ label }) => label.length))
  const rows = shown.map(
    ({ label, read, write, kept }) =>
      `  ${label.padEnd(width)}  ${rightMark(read, style)} ${text('base.explain.verb.read')}  ${kept ? '–' : rightMark(write, style)} ${text('base.explain.text.write')}`,
  )
  return [style('bold', text('base.explain.text.fields_title')), ...rows]
}

function rightMark({ may, here }: Right, style: Style): string {
  return marked(here ?? (may === 'where' ? null : may), style)
}
