import type { TestApp } from '@tessera/core/testing'

/** For tests: what a user sees who has signed in by a link, with a browser that runs no script. */
export async function visitorOf(
  app: TestApp,
  user: string,
): Promise<(path: string) => Promise<{ status: number; html: string; headers: Headers }>> {
  const address = await app.listen()
  const { identity } = await app.servicesFor({ door: 'system' })
  const token = await identity.createLink(user, 'sign-in')
  const entered = await fetch(new URL(`/sign-in/${token}`, address), { method: 'POST', redirect: 'manual', body: new URLSearchParams() })
  const cookie = entered.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
  return async (path) => {
    const answer = await fetch(new URL(path, address), { redirect: 'manual', headers: { accept: 'text/html', cookie } })
    return { status: answer.status, html: await answer.text(), headers: answer.headers }
  }
}

/** Without the entities of HTML. */
export function plain(html: string): string {
  return html
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, code: string) => String.fromCharCode(Number.parseInt(code, hex ? 16 : 10)))
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** How many tickets a list shows, all on its one page. */
export function listed(html: string): number {
  return [...html.matchAll(/<a class="open" href="/g)].length
}
