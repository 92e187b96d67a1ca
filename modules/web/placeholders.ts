/**
 * Texts with placeholders, as people write them: between two braces stands a name, alone or after `#if` or `#unless`. Nothing is
 * called and nothing looked up, so that whoever may write such a text has no power by it.
 */
import { UserError } from '@tessera/core'
import handlebars from 'handlebars'

/** A name that a text asks for, and the braces as they were written. */
export interface AskedName {
  readonly name: string
  readonly shown: string
}

/** The names that a text asks for, `partner.name` too; anything else between braces is refused with what `notPlain` says of it. */
export function namesIn(text: string, notPlain: (shown: string) => UserError): readonly AskedName[] {
  return parsed(text).body.flatMap((statement) => askedIn(statement, text, notPlain).map(({ name, shown }) => ({ name, shown })))
}

/** Fills a text whose names were looked at by `namesIn` before. Values are texts and nothing else; in HTML they are shown, not followed. */
export function fillerOf(text: string, { escapes = false } = {}): (values: Readonly<Record<string, unknown>>) => string {
  const program = parsed(text)
  const asked = program.body.flatMap((statement) => askedIn(statement, text, () => new TypeError('The text was not looked at.')))
  // A path is one name of a value, not a way from object to object.
  for (const { node, name } of asked) node.parts = [name]
  const template = sandbox.compile(program, { knownHelpersOnly: true, strict: true, noEscape: !escapes })
  // No prototype: a name finds what was put there, or nothing.
  return (values) => template(Object.assign(Object.create(null) as object, values))
}

/** All languages of a translated text as it was written; one that was written without a language is in the writer's. */
export function textsIn(written: unknown, locale: string): readonly (readonly [language: string, text: string])[] {
  if (typeof written === 'string') return [[locale, written]]
  return Object.entries(written ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
}

interface Asked extends AskedName {
  readonly node: hbs.AST.PathExpression
}

function askedIn(statement: hbs.AST.Statement, text: string, notPlain: (shown: string) => Error): readonly Asked[] {
  if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') return []
  if (isMustache(statement)) {
    const isPlain = statement.escaped && statement.params.length === 0 && !statement.hash
    return [demandName(isPlain ? statement.path : undefined, statement, text, notPlain)]
  }
  if (!isBlock(statement)) throw notPlain(excerpt(text, statement.loc))
  const isCondition = ['if', 'unless'].includes(nameOf(statement.path) ?? '')
  const isPlain = isCondition && statement.params.length === 1 && !statement.hash && !statement.program?.blockParams?.length
  const condition = demandName(isPlain ? statement.params[0] : undefined, statement, text, notPlain)
  const within = [...(statement.program?.body ?? []), ...(statement.inverse?.body ?? [])]
  return [condition, ...within.flatMap((part) => askedIn(part, text, notPlain))]
}

function demandName(node: hbs.AST.Node | undefined, { loc }: hbs.AST.Node, text: string, notPlain: (shown: string) => Error): Asked {
  const shown = excerpt(text, loc)
  const name = node && nameOf(node)
  if (name === undefined) throw notPlain(shown)
  return { node: node as hbs.AST.PathExpression, name, shown }
}

/** A name, with dots where it is a path; undefined for `this`, `@root`, a literal, a call. */
function nameOf(node: hbs.AST.Node): string | undefined {
  if (!isPath(node) || node.data || node.depth > 0) return undefined
  return node.parts.length > 0 && node.original === node.parts.join('.') ? node.original : undefined
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
      'web.open_braces',
      'The braces in line {line} do not match: {name} stands between two and two, and what begins with {begin} ends with {end}.',
      { line, name: '{{number}}', begin: '{{#if number}}', end: '{{/if}}' },
      { cause: error },
    )
  }
}

/** Handlebars with two helpers, no partials, and nothing that anybody else registers. */
const sandbox = handlebars.create()
for (const name of Object.keys(sandbox.helpers)) if (name !== 'if' && name !== 'unless') sandbox.unregisterHelper(name)

const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === 'PathExpression'
const isMustache = (node: hbs.AST.Node): node is hbs.AST.MustacheStatement => node.type === 'MustacheStatement'
const isBlock = (node: hbs.AST.Node): node is hbs.AST.BlockStatement => node.type === 'BlockStatement'
