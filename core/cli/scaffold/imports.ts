/** Imports in the order in which the formatter wants them: whoever starts a module should not have to mend it first. */

/** Merges and sorts the import lines on top of a file; `more` are further names, by where they come from. */
export function tidyImports(text: string, more: Readonly<Record<string, readonly string[]>> = {}): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('import '))
  const from = new Map<string, { main: string | undefined; names: Set<string> }>()
  const add = (source: string, main: string | undefined, names: readonly string[]) => {
    const known = from.get(source) ?? { main: undefined, names: new Set() }
    known.main ??= main
    for (const name of names) known.names.add(name)
    from.set(source, known)
  }
  for (const line of lines.slice(0, end)) {
    const [, main, names = '', source = ''] = /^import (?:(\w+)(?:, | ))?(?:\{ (.*) \} )?from '(.+)'$/.exec(line) ?? []
    add(source, main, names === '' ? [] : names.split(', '))
  }
  for (const [source, names] of Object.entries(more)) add(source, undefined, names)
  const sorted = [...from].sort(([a], [b]) => Number(a.startsWith('.')) - Number(b.startsWith('.')) || order(a, b))
  const said = sorted.map(([source, { main, names }]) => {
    const list = [...names].sort((a, b) => order(bare(a), bare(b)))
    const what = [...(main ? [main] : []), ...(list.length > 0 ? [`{ ${list.join(', ')} }`] : [])].join(', ')
    return `import ${what} from '${source}'`
  })
  return [...said, ...lines.slice(end)].join('\n')
}

function bare(name: string): string {
  return name.replace(/^type /, '')
}

/** Letter by letter, capitals in front of small ones of the same letter: `ContactPoint`, `close`, `move`. */
function order(a: string, b: string): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [one = '', other = ''] = [a[at], b[at]]
    if (one === other) continue
    const [small, otherSmall] = [one.toLowerCase(), other.toLowerCase()]
    if (small !== otherSmall) return small < otherSmall ? -1 : 1
    return one < other ? -1 : 1
  }
  return a.length - b.length
}
