/** `tessera module info --view ticket.form`: the composed screen as a tree, each part with the module that put it there. */
import { NotFound, nearest } from '../../errors.ts'
import type { Composition } from '../../module/composition.ts'
import type { Screens } from '../../view/composed.ts'
import type { Deed, PartOrigin } from '../../view/origins.ts'
import type { Cli } from '../cli.ts'
import { styled } from '../terminal.ts'

/** `view` is `ticket.form`, also of modules that are not installed. */
export async function viewInfo(cli: Cli, view: string): Promise<void> {
  const { everyModule } = await import('../installed.ts')
  const { kind, screen } = screenNamed(await everyModule(cli.root), view)
  const { module } = screen
  const parts = screen.origins()
  const generated = parts.some(({ deeds }) => deeds[0]?.did === 'generated')
  cli.terminal.answer({ view, module, generated, parts }, () => {
    const lines = linesOf(parts)
    const width = Math.max(...lines.map(({ text }) => text.length))
    return [
      `${styled('bold', view)}  ${generated ? `made by core of the fields of ${module}` : `declared by ${module}`}`,
      ...lines.map(({ text, deeds, isShown }) => {
        const line = `${text.padEnd(width)}  ${deeds.map((each) => inWords(each, module)).join(', then ')}`
        return isShown ? line : styled('dim', line)
      }),
      ...(parts.length === 0 ? [`This ${kind} shows nothing.`] : []),
    ].join('\n')
  })
}

const kinds = ['form', 'list', 'kanban', 'calendar', 'search', 'pivot', 'graph'] as const
type Kind = (typeof kinds)[number]

function screenNamed({ models, screens }: Composition, view: string): { kind: Kind; screen: NonNullable<Screens[Kind]> } {
  const [name = '', kindName = 'form'] = view.split('.')
  const model = models.byName(name)
  if (!model)
    throw unknown(
      'There is no model "{name}" in any module.',
      name,
      models.all.map((each) => each.name),
    )
  const kind = kinds.find((each) => each === kindName)
  if (!kind) throw unknown('There is no view "{name}": it is form, list, kanban, calendar, search, pivot or graph.', kindName, kinds)
  const screen = screens(model)[kind]
  if (!screen) throw new NotFound('cli.no_kanban', 'No module declares a {kind} for "{name}".', { kind, name })
  return { kind, screen }
}

function unknown(sentence: string, name: string, known: readonly string[]): NotFound {
  const near = nearest(name, known)
  return new NotFound('cli.no_view', sentence, { name }, { hint: near ? `Did you mean "${near}"?` : 'Name it as ticket.form.' })
}

interface Line {
  readonly text: string
  readonly deeds: readonly Deed[]
  readonly isShown: boolean
}

/** What stands in a box that is not shown is not shown either. */
function linesOf(parts: readonly PartOrigin[], depth = 1, isOn = true): readonly Line[] {
  return parts.flatMap(({ kind, name, deeds, isShown, of }) => [
    { text: `${'  '.repeat(depth)}${kind === 'field' ? '' : `${kind} `}${name}`, deeds, isShown: isOn && isShown },
    ...linesOf(of, depth + 1, isOn && isShown),
  ])
}

function inWords({ module, extra, did, what }: Deed, owner: string): string {
  const who = extra === undefined ? module : `${module} (where ${extra} is installed)`
  if (did === 'declared' || did === 'generated') return module === owner ? who : `${who} has the field`
  if (did === 'set') return `${who} set ${what?.join(', ')}`
  return `${who} ${{ inserted: 'put it here', hid: 'hid it', replaced: 'replaced it', moved: 'put it elsewhere' }[did]}`
}
