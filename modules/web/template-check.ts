import { readFileSync } from 'node:fs'
import { type BootProblem, type Composition, nearest, type Template } from '@tessera/core'
import Handlebars from 'handlebars'
import { helpers } from './helpers.ts'

/** What is wrong in the templates that are rendered here: those of this module and of each that depends on it. */
export function templateProblems({ modules, templates }: Composition): readonly BootProblem[] {
  const rendered = new Set(
    modules
      .filter(({ declaration: { name, depends } }) => name === 'web' || depends.some((each) => each.name === 'web'))
      .map(({ declaration }) => declaration.name),
  )
  const partials = Map.groupBy(templates, ({ owner }) => owner)
  return templates
    .filter(({ owner }) => rendered.has(owner))
    .flatMap((template) => {
      const names = (partials.get(template.owner) ?? []).map(({ name }) => name)
      return template.layers.flatMap((layer, at) =>
        mistakesIn(readFileSync(layer.file, 'utf8'), at === 0 ? names : [...names, pathOf(template)]).map(({ line, says, hint }) => ({
          code: 'template.broken',
          module: layer.module,
          sentence: `The template "${at === 0 ? template.name : pathOf(template)}" of "${layer.module}" ${says}.`,
          hint,
          file: `${layer.file}:${line}`,
        })),
      )
    })
}

const pathOf = ({ owner, name }: Template): string => `${owner}/${name}`

interface Mistake {
  readonly line: number
  readonly says: string
  readonly hint?: string | undefined
}

/** Asked again at each boot of a process, of files that hardly ever change. */
const looked = new Map<string, readonly Mistake[]>()

function mistakesIn(source: string, partials: readonly string[]): readonly Mistake[] {
  const key = `${partials.join()}\n${source}`
  const found = looked.get(key) ?? look(source, partials)
  looked.set(key, found)
  return found
}

function look(source: string, partials: readonly string[]): readonly Mistake[] {
  try {
    const names = new Names(partials)
    names.accept(Handlebars.parse(source))
    return names.mistakes
  } catch (error) {
    return [cannotRead(error)]
  }
}

/** The parser says in two ways where it stopped. */
function cannotRead(error: unknown): Mistake {
  const { message, lineNumber } = error as Error & { readonly lineNumber?: number }
  const [, line, near] = /^Parse error on line (\d+):\n(.*)\n/.exec(message) ?? []
  if (line !== undefined) return { line: Number(line), says: `does not compile near "${near}"` }
  return { line: lineNumber ?? 1, says: `does not compile: ${message.replace(/ - \d+:\d+$/, '')}` }
}

/** Partials and helpers that a template names, and nobody has. */
class Names extends Handlebars.Visitor {
  readonly mistakes: Mistake[] = []
  readonly #partials: readonly string[]
  constructor(partials: readonly string[]) {
    super()
    this.#partials = partials
  }

  override PartialStatement(node: hbs.AST.PartialStatement): void {
    this.#partial(node)
    super.PartialStatement(node)
  }
  override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
    this.#partial(node)
    super.PartialBlockStatement(node)
  }
  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.#helper(node)
    super.MustacheStatement(node)
  }
  override BlockStatement(node: hbs.AST.BlockStatement): void {
    this.#helper(node)
    super.BlockStatement(node)
  }
  override SubExpression(node: hbs.AST.SubExpression): void {
    this.#helper(node)
    super.SubExpression(node)
  }

  #partial({ name, loc }: hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement): void {
    const { original } = name as hbs.AST.PathExpression
    if (name.type !== 'PathExpression' || original === '@partial-block' || this.#partials.includes(original)) return
    this.#misses('partial', original, this.#partials, loc)
  }
  /** What has arguments is a helper; without any it is a value. */
  #helper({ path, params, hash, loc }: hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression): void {
    const { original } = path as hbs.AST.PathExpression
    if (path.type !== 'PathExpression' || (params.length === 0 && !hash?.pairs.length) || known.includes(original)) return
    this.#misses('helper', original, known, loc)
  }
  #misses(what: string, name: string, among: readonly string[], { start }: hbs.AST.SourceLocation): void {
    const near = nearest(name, among)
    this.mistakes.push({
      line: start.line,
      says: `names the ${what} "${name}", which is not there`,
      hint: near && `Did you mean "${near}"?`,
    })
  }
}

const known: readonly string[] = [...Object.keys(helpers), 'if', 'unless', 'each', 'with', 'lookup', 'log']
