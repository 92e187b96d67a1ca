/** Keys that every page has for itself: new, edit, up and down, select, go, search, help, pages. */
const taken = new Set([...'cejkxg/?[]'])

/** Gives each verb the first letter of its name that is free: "a" assigns. Letters of other alphabets are no keys of every keyboard. */
export function withHotkeys<A extends { readonly label: string }>(actions: readonly A[]): readonly (A & { readonly hotkey?: string })[] {
  const used = new Set(taken)
  return actions.map((action) => {
    const key = [...action.label.toLowerCase()].find((letter) => /^[a-z]$/.test(letter) && !used.has(letter))
    if (key === undefined) return action
    used.add(key)
    return { ...action, hotkey: key }
  })
}
