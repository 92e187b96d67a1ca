/**
 * Where something stands in what a chat service sends: names parted by dots, a number for a place in a list, `[]` after a name for
 * each of a list. Data and nothing else: it reads own properties, and runs nothing.
 */

/** An item of a list, and the object that holds the list. */
export interface Item {
  readonly value: unknown
  readonly holder: unknown
}

/** All items at a path such as `entry[].changes[].value.messages[]`; what is not there gives none. */
export function itemsAt(value: unknown, path: string): readonly Item[] {
  return path.split('.').reduce<readonly Item[]>(
    (items, step) => {
      const isList = step.endsWith('[]')
      const name = isList ? step.slice(0, -2) : step
      return items.flatMap((item) => {
        const found = name === '' ? item.value : own(item.value, name)
        if (isList) return Array.isArray(found) ? found.map((each: unknown) => ({ value: each, holder: item.value })) : []
        return found === undefined ? [] : [{ value: found, holder: item.value }]
      })
    },
    [{ value, holder: undefined }],
  )
}

/** What stands at a path of an item: `text.body`, or from its holder `^.contacts.0.profile.name`. */
export function valueAt({ value, holder }: Item, path: string): unknown {
  const [start, steps] = path.startsWith('^.') ? [holder, path.slice(2)] : [value, path]
  return steps.split('.').reduce<unknown>(own, start)
}

/** The same as a text; a number is one too. */
export function textAt(item: Item, path: string | undefined): string | undefined {
  const value = path === undefined ? undefined : valueAt(item, path)
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}
