import { staff, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import type { Place } from './place.ts'

/** Somebody who is meant by `@…` in what was said: who, and as it was written. */
export interface Mention {
  readonly user: string
  readonly as: string
}

/**
 * Whom a text means: after an `@` stands the whole name of a colleague, or his email address where several have that name. It is found
 * here and not by whoever writes, so that it works without a script and at every door; and only colleagues who may read the record are
 * found, so that nobody else hears of it, nor does a writer learn whom there is. The text stays as it was written.
 */
export async function mentionsIn(
  body: string,
  { model, id }: Place,
  { asSystem, context, followers }: Services,
): Promise<readonly Mention[]> {
  if (!context.caller.ability.has(staff)) return []
  const spoken = [...body.matchAll(/(?<![\p{L}\p{N}_.@])@(?=[\p{L}\p{N}])/gu)]
    .slice(0, mostMentions)
    .map(({ index }) => body.slice(index + 1, index + 201))
  if (spoken.length === 0) return []
  const names = [...new Set(spoken.flatMap(beginnings))]
  const { rows } = await asSystem('A name is recognised whoever writes it; whether he may be told is asked next.').query(User, {
    fields: ['name', 'email'],
    where: {
      active: true,
      staff: true,
      $or: [{ name: { $in: names } }, { email: { $in: names.map((name) => name.toLowerCase()) } }],
    } as never,
    limit: 100,
  })
  const found = new Map<string, Mention>()
  for (const text of spoken) {
    const called = (as: string) => text.slice(0, as.length) === as && !/^[\p{L}\p{N}_]/u.test(text.slice(as.length))
    const byAddress = rows.filter(({ email }) => called(text.slice(0, email.length)) && text.slice(0, email.length).toLowerCase() === email)
    const byName = rows.filter(({ name }) => called(name)).sort((a, b) => b.name.length - a.name.length)
    // A name that two have means neither: each is reached by his address.
    const alone = byName.filter(({ name }) => name === byName[0]!.name).length === 1 ? byName[0] : undefined
    const meant = byAddress[0] ?? alone
    if (!meant || !(await followers.mayFollow(model, id, meant.id))) continue
    const as = byAddress[0] ? text.slice(0, meant.email.length) : meant.name
    found.set(`${meant.id} ${as}`, { user: meant.id, as })
  }
  return [...found.values()]
}

const mostMentions = 20
const mostWords = 6

/** What may be a name: the first one, two, three … words, without the punctuation behind them. */
function beginnings(text: string): readonly string[] {
  const words = (text.split('\n', 1)[0] ?? '').split(' ').slice(0, mostWords)
  return words.flatMap((_, at) => {
    const name = words.slice(0, at + 1).join(' ')
    return [name, name.replace(/[^\p{L}\p{N}]+$/u, ''), name.replace(/['’]s?[^\p{L}\p{N}]*$/u, '')]
  })
}
