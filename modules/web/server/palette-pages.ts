/** Finding things from anywhere: the palette over a page or as one, and the page of a search. */
import { staff } from '@tessera/base'
import { html, type Page, page, type Reply, type Request, type Services } from '@tessera/core'
import { wantsFragment } from './answer.ts'
import { paletteOf, searchOf } from './palette.ts'
import { readerOf } from './reader.ts'
import { templates } from './screens.service.ts'

export const palettePages: readonly Page[] = [
  page('GET /palette', { may: staff, respond: palettePage }),
  page('GET /search', { may: staff, respond: searchPage }),
]

const render = templates(new URL('../templates/', import.meta.url))

/** For a script the palette alone, which it shows over the page; else a page of links and buttons. */
async function palettePage(request: Request, services: Services): Promise<Reply> {
  const palette = await paletteOf(readerOf(services), request)
  if (wantsFragment(request)) return html(render('palette', palette, services), { headers: { 'cache-control': 'no-store' } })
  const content = render('search-page', { ...palette, action: '/palette' }, services)
  return services.screens.page(request, { title: services.text('web.palette'), content })
}

async function searchPage(request: Request, services: Services): Promise<Reply> {
  const content = render('search-page', { ...(await searchOf(readerOf(services), request)), action: '/search' }, services)
  return services.screens.page(request, { title: services.text('web.search_everywhere'), content })
}
