/** What may stand between braces in a mail: a known name, and `if` or `unless` around a part. Nothing is called and nothing looked up. */
import { UserError } from '@tessera/core'
import handlebars from 'handlebars'

/** The values that a mail is filled with, each a text; without one it is empty. */
export const placeholders = [
  'number',
  'subject',
  'status',
  'type',
  'priority',
  'partner',
  'assignee',
  'team',
  'name',
  'author',
  'message',
  'reason',
  'url',
  'organisation',
] as const
export type Placeholder = (typeof placeholders)[number]

/** Refuses a text that asks for anything else than those names, with a sentence that names it. */
export function checkPlaceholders(text: string, known: readonly string[] = placeholders): void {
  const { body } = parsed(text)
  for (const statement of body) checkStatement(statement, text, known)
}

/** A name that is known, or undefined for a path, `this`, `@root`, a literal. */
function nameOf(expression: hbs.AST.Node): string | undefined {
  if (!isPath(expression) || expression.data || expression.depth > 0 || expression.parts.length !== 1) return undefined
  return expression.original === expression.parts[0] ? expression.original : undefined
}

function checkStatement(statement: hbs.AST.Statement, text: string, known: readonly string[]): void {
  if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') return
  if (isMustache(statement)) {
    const isPlain = statement.escaped && statement.params.length === 0 && !statement.hash
    demandKnown(isPlain ? statement.path : undefined, statement, text, known)
  } else if (isBlock(statement)) {
    const isCondition = ['if', 'unless'].includes(nameOf(statement.path) ?? '')
    const isPlain = isCondition && statement.params.length === 1 && !statement.hash && !statement.program?.blockParams?.length
    demandKnown(isPlain ? statement.params[0] : undefined, statement, text, known)
    for (const part of [...(statement.program?.body ?? []), ...(statement.inverse?.body ?? [])]) checkStatement(part, text, known)
  } else demandKnown(undefined, statement, text, known)
}

function demandKnown(asked: hbs.AST.Node | undefined, { loc }: hbs.AST.Node, text: string, known: readonly string[]): void {
  const name = asked && nameOf(asked)
  if (name !== undefined && known.includes(name)) return
  const shown = excerpt(text, loc)
  if (name !== undefined)
    throw new UserError('notifications.unknown_placeholder', '{placeholder} is no placeholder. Known are: {known}.', {
      placeholder: shown,
      known: known.join(', '),
    })
  throw new UserError(
    'notifications.not_plain',
    '{placeholder} cannot stand in a mail. Between two braces stands one of these names, alone or after #if or #unless: {known}.',
    { placeholder: shown, known: known.join(', ') },
  )
}

/** The opening braces as they were written. */
function excerpt(text: string, { start }: hbs.AST.SourceLocation): string {
  const line = text.split('\n')[start.line - 1] ?? ''
  return /^\{\{.*?\}\}+/.exec(line.slice(start.column))?.[0] ?? line.slice(start.column, start.column + 40)
}

function parsed(text: string): hbs.AST.Program {
  try {
    return handlebars.parse(text)
  } catch (error) {
    const line = /on line (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '1'
    throw new UserError(
      'notifications.open_braces',
      'The braces in line {line} do not match: {name} stands between two and two, and what begins with {begin} ends with {end}.',
      { line, name: '{{number}}', begin: '{{#if message}}', end: '{{/if}}' },
      { cause: error },
    )
  }
}

const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === 'PathExpression'
const isMustache = (node: hbs.AST.Node): node is hbs.AST.MustacheStatement => node.type === 'MustacheStatement'
const isBlock = (node: hbs.AST.Node): node is hbs.AST.BlockStatement => node.type === 'BlockStatement'
