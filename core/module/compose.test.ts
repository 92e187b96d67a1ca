import { defineModule, menu, permission, role } from '@tessera/core'
import { describe, expect, test } from 'vitest'
import { Book, branch, composed, library, problemsOf, reader, shelves } from '../../test/fixtures/module-library.ts'
import { BootFailure } from '../errors.ts'
import type { ServiceClass } from '../service/services.ts'
import { compose } from './compose.ts'
import { fromDeclarations, withExtras } from './load.ts'

class Clock {
  says(): string {
    return 'tick'
  }
}
const louder = (mark: string) =>
  ({
    clock: (Parent: ServiceClass<Clock>) =>
      class extends Parent {
        override says(): string {
          return `${super.says()}${mark}`
        }
      },
  }) as never

describe('a composition', () => {
  test('has the modules in the order of their dependencies, ties by name', () => {
    const z = branch({}, 'z')
    const a = branch({}, 'a')
    const top = branch({ depends: [z, library] }, 'b')
    expect(composed(top, z, a).modules.map(({ declaration }) => declaration.name)).toEqual(['library', 'a', 'z', 'b'])
  })

  test('chains the overrides of a service in the order of the modules', () => {
    const clock = branch({ services: { clock: Clock as never } }, 'clock')
    const modules = [branch({ depends: [clock], overrides: louder('?') }, 'y'), branch({ depends: [clock], overrides: louder('!') }, 'x')]
    const Chained = composed(...modules).services.get('clock') as ServiceClass<Clock>
    expect(new Chained({} as never).says()).toBe('tick!?')
    expect(new (composed(clock).services.get('clock') as ServiceClass<Clock>)({} as never).says()).toBe('tick')
  })

  test('knows of each part which module made it', () => {
    const parent = menu('Books')
    const child = menu('Lent', { in: parent })
    const { menus, rules, roles, shipped, actions, models } = composed(
      branch({ menus: [child, parent], permissions: [reader.can('read', Book), reader.may(permission('x', 'X'))] }),
    )
    expect(menus.map(({ label, module }) => [label, module])).toEqual([
      ['Lent', 'branch'],
      ['Books', 'branch'],
    ])
    expect(menus[0]?.in).toBe(menus[1])
    expect(rules.map(({ module, verbs }) => [module, verbs])).toEqual([
      ['branch', ['read']],
      ['branch', []],
    ])
    expect([...roles.keys()]).toEqual(['reader'])
    expect(shipped).toEqual([{ model: expect.anything(), rows: { cellar: { name: 'Cellar' } }, module: 'library' }])
    expect(Object.keys(shelves)).toEqual(['cellar'])
    expect(actions(models.of(Book))).toEqual([])
  })

  test('has the extras for what is installed with it, also without files', async () => {
    const both = defineModule({ name: 'both', extras: { library: async () => ({ default: { menus: [menu('Library')] } }) } })
    const menusOf = async (...modules: Parameters<typeof fromDeclarations>[0]) =>
      compose(await withExtras(fromDeclarations(modules))).menus.map(({ label, module }) => [label, module])
    expect(await menusOf(both)).toEqual([])
    expect(await menusOf(both, library)).toEqual([['Library', 'both']])
  })

  test('with problems is not made: all of them are told in one error', () => {
    const about = { permissions: [role('ghost').can('read', Book)], services: { text: Clock as never } }
    expect(() => composed(branch(about))).toThrow(BootFailure)
    expect(() => composed(branch(about))).toThrow('branch  service.duplicate\n  The service "text" is provided by "core" and by "branch".')
    expect(problemsOf(branch(about)).map(({ code }) => code)).toEqual(['service.duplicate', 'role.unknown'])
  })

  test('tells where package.json and depends disagree', () => {
    const [loadedLibrary, loadedBranch] = fromDeclarations([branch({})])
    expect(loadedLibrary?.declaration).toBe(library)
    expect(loadedBranch?.package.depends).toEqual(['library'])
    expect(problemsOf(defineModule({ name: 'empty' }))).toEqual([])
  })
})
