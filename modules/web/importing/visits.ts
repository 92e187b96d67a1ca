/** For tests: the pages of an import as somebody goes through them. */
import { linkOf, type Seen, type Visitor } from '../server/visitor.ts'

type SeenAt = Seen & { readonly at: string }

/** The page on which a file is matched, after it was chosen on the page that the list leads to. */
export async function chosen(visitor: Visitor, list: string, name: string, content: string | Uint8Array): Promise<SeenAt> {
  const page = await visitor.get(linkOf(await visitor.get(list), /\/import"/))
  if (!page.html.includes('enctype="multipart/form-data"')) throw new Error(`${list} leads to no page that takes a file.`)
  const sent = await visitor.upload(`${list}/import`, name, content)
  if (sent.status !== 303) throw new Error(`${name} was not taken: ${sent.status}`)
  return { ...(await visitor.get(sent.location)), at: sent.location }
}

/** What the selects of the page say. */
export function matchIn({ html }: Seen): Record<string, string> {
  const found = [...html.matchAll(/<select class="control" id="[^"]*" name="([^"]*)">(.*?)<\/select>/gs)]
  return Object.fromEntries(found.map(([, name = '', options = '']) => [name, /value="([^"]*)" selected/.exec(options)?.[1] ?? '']))
}

/** Presses a button of the form, with what it says. */
export async function press(visitor: Visitor, page: SeenAt, what: string, more: Readonly<Record<string, string>> = {}): Promise<SeenAt> {
  const sent = await visitor.post(page.at, { ...matchIn(page), ...more, do: what })
  if (sent.status !== 303) return { ...sent, at: page.at }
  return { ...(await visitor.get(sent.location)), at: sent.location }
}

/** How many rows became what. */
export const countsOf = ({ html }: Seen) =>
  Object.fromEntries([...html.matchAll(/<div class="(\w+)"><dt>[^<]*<\/dt><dd>([^<]*)<\/dd>/g)].map(([, name, value]) => [name, value]))
