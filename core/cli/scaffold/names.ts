/** What a new module may be called, and what is called after it. */
import { nearest, UserError } from '../../errors.ts'
import { labelFrom, pluralOf, snake } from '../../model/naming.ts'
import type { Package } from '../../module/composition.ts'

/** `bike-fleet` in all the forms in which files and texts say it. */
export interface Names {
  readonly name: string
  readonly camel: string
  readonly pascal: string
  readonly snake: string
  /** `Bike fleet`. */
  readonly label: string
  readonly plural: string
}

/** Throws a UserError that says what is wrong with the name and what would not be. */
export function namesOf(name: string): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    const meant = name
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[-0-9]+|-$/g, '')
    throw new UserError(
      'cli.module_name',
      'A module is named with small letters, digits and single hyphens, a letter first: "{name}" is not.',
      { name },
      meant === '' ? {} : { hint: `"${meant}" would do.` },
    )
  }
  if (name.length > longest)
    throw new UserError('cli.module_name_long', 'The name "{name}" has {length} letters: {longest} are the most.', {
      name,
      length: name.length,
      longest,
    })
  const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  if (reserved.has(camel))
    throw new UserError('cli.module_name_reserved', 'The name "{name}" is taken by the language or by Tessera itself.', { name })
  const label = labelFrom(name)
  const pascal = `${camel.charAt(0).toUpperCase()}${camel.slice(1)}`
  return { name, camel, pascal, snake: snake(camel), label, plural: pluralOf(label) }
}

/** Throws where a module has this name. */
export function refuseTaken(name: string, packages: readonly Package[]): void {
  const other = packages.find((each) => each.name === name)
  if (other) throw new UserError('cli.module_exists', 'There is already a module "{name}", in {folder}.', { name, folder: other.folder })
}

/** What somebody meant, as a hint. */
export function meant(name: string, known: Iterable<string>): { readonly hint?: string } {
  const near = nearest(name, known)
  return near === undefined ? {} : { hint: `Did you mean "${near}"?` }
}

/** Columns carry the prefix: with more letters, PostgreSQL would cut them off. */
const longest = 30

const reserved: ReadonlySet<string> = new Set([
  ...'arguments async await break case catch class const continue debugger default delete do else enum eval export extends false'.split(
    ' ',
  ),
  ...'finally for function if implements import in instanceof interface let new null package private protected public return'.split(' '),
  ...'static super switch this throw true try typeof undefined var void while with yield'.split(' '),
  ...'api core fields index new record records services system tessera test texts views'.split(' '),
])
