/** The records that were looked at last, remembered in the browser; what is shown of them is asked for again each time. */
import type { ModelMeta, Request } from '@tessera/core'
import { isId } from './control.ts'
import { cookieIn, cookies, fromCookie, toCookie } from './cookies.ts'
import type { FoundRecord } from './found.ts'
import type { Reader } from './reader.ts'
import { queryRows } from './rows.ts'
import { hrefOf, isOpenTo } from './words.ts'

const most = 6

/** The cookie after somebody opened a record. */
export function visited(request: Request, model: ModelMeta, id: string): Readonly<Record<string, string>> {
  const now = `${model.path}/${id}`
  return { [cookies.recent]: toCookie([now, ...pathsIn(request).filter((path) => path !== now)].slice(0, most).join(' ')) }
}

export interface RecentRecord extends FoundRecord {
  readonly model: ModelMeta
}

/** Those that are still there and that the reader may still see; the latest first. */
export async function recentRecords(reader: Reader, request: Request, but: string | undefined): Promise<readonly RecentRecord[]> {
  const wanted = pathsIn(request).flatMap((path) => {
    const [, name = '', id = ''] = /^(.+)\/([^/]+)$/.exec(path) ?? []
    const model = reader.app.models.byPath(name)
    return model && isOpenTo(reader, model) && isId(id) && `/${path}` !== but ? [{ model, id }] : []
  })
  const labels = new Map<string, string>()
  for (const model of new Set(wanted.map(({ model }) => model))) {
    const ids = wanted.filter((each) => each.model === model).map(({ id }) => id)
    const { rows } = await queryRows(reader.records, model, {
      fields: [],
      where: { id: { $in: ids } },
      order: { id: 'asc' },
      limit: ids.length,
    })
    for (const row of rows) labels.set(row.id, row.label || reader.t('web.untitled'))
  }
  return wanted.flatMap(({ model, id }) => {
    const label = labels.get(id)
    return label === undefined ? [] : [{ model, id, label, href: hrefOf(model, id) }]
  })
}

function pathsIn(request: Request): readonly string[] {
  return (fromCookie(cookieIn(request, cookies.recent)) ?? '').split(' ').filter(Boolean).slice(0, most)
}
