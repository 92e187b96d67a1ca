/** The styles of all modules are one sheet: what one of them says must not reach what another one made. */
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (pattern: string) => globSync(pattern, { cwd: root }).map((path) => readFileSync(`${root}/${path}`, 'utf8'))
const root = new URL('..', import.meta.url).pathname

/** The selectors of a sheet that stand below no other: `@layer` and `@media` are looked through. */
function selectorsOf(sheet: string): readonly string[] {
  const found: string[] = []
  const within: string[] = []
  let head = ''
  for (const sign of sheet.replace(/\/\*[\s\S]*?\*\//g, '')) {
    if (sign === '{') {
      const selector = head.trim()
      if (!selector.startsWith('@') && within.every((outer) => outer.startsWith('@'))) found.push(...selector.split(/,(?![^(]*\))/))
      within.push(selector)
      head = ''
    } else if (sign === '}') {
      within.pop()
      head = ''
    } else head = sign === ';' ? '' : head + sign
  }
  return found.filter((selector) => selector.trim() !== '')
}

const classesIn = (selector: string) => [...selector.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => name)
const classesOf = (module: string) =>
  new Set([
    ...read(`${module}/styles/*.css`).flatMap(selectorsOf).flatMap(classesIn),
    ...read(`${module}/templates/**/*.hbs`).flatMap((template) =>
      [...template.matchAll(/class="([^"]*)"/g)].flatMap(([, names = '']) => names.match(/[a-z][\w-]*/g) ?? []),
    ),
  ])

const modules = globSync('{modules,addons}/*', { cwd: root })
const classes = new Map(modules.map((module) => [module, classesOf(module)]))

it.each(modules.filter((module) => module !== 'modules/web' && read(`${module}/styles/*.css`).length > 0))(
  '%s styles only what it made itself, or what lies in that',
  (module) => {
    const others = new Set([...classes].flatMap(([other, its]) => (other === module ? [] : [...its])))
    const strays = read(`${module}/styles/*.css`)
      .flatMap(selectorsOf)
      .filter((selector) => classesIn(selector).every((name) => others.has(name)))
    expect(strays).toEqual([])
  },
)
