/** Keys that every page has for itself: new, edit, up and down, select, go, search, help, pages. */
const taken = new Set([...'cejkxg/?[]'])

/** The key before that of a place: "g", then "t" for tickets. */
const goes = 'g'

/** Gives each place a letter to be typed after "g": the first free one of its name, else of its address. */
export function withGoKeys<P extends { readonly item: { readonly label: string; readonly href: string } }>(
  places: readonly P[],
): ReadonlyMap<P, string> {
  const used = new Set<string>()
  const keys = new Map<P, string>()
  for (const place of places) {
    const letter = [...`${place.item.label}${place.item.href}`.toLowerCase()].find((each) => /^[a-z]$/.test(each) && !used.has(each))
    if (letter === undefined) continue
    used.add(letter)
    keys.set(place, `${goes} ${letter}`)
  }
  return keys
}

/**
 * Gives each verb the key that it declares, or else the first letter of its name that is free: "a" assigns. Letters of other alphabets
 * are no keys of every keyboard.
 */
export function withHotkeys<A extends { readonly label: string; readonly hotkey?: string }>(
  actions: readonly A[],
): readonly (Omit<A, 'hotkey'> & { readonly hotkey?: string })[] {
  const used = new Set(taken)
  const own = actions.map(({ hotkey }) => (hotkey !== undefined && !used.has(hotkey) && used.add(hotkey) ? hotkey : undefined))
  return actions.map(({ hotkey: _, ...action }, at) => {
    const key = own[at] ?? [...action.label.toLowerCase()].find((letter) => /^[a-z]$/.test(letter) && !used.has(letter))
    if (key === undefined) return action
    used.add(key)
    return { ...action, hotkey: key }
  })
}
