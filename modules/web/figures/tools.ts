/** What pivot and graph have in common around their figures. */
import type { ModelMeta, Request } from '@tessera/core'
import type { FigureTools, GraphScreen } from '../screens.ts'
import { readState } from '../server/list-state.ts'
import { createAction } from '../server/list-verbs.ts'
import type { Reader } from '../server/reader.ts'
import { addressesOf, searchBar, viewLinks } from '../server/search-bar.ts'
import { shellOf } from '../server/shell.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import { isCapped } from './graph-data.ts'
import type { About } from './groups.ts'

export type Menu = FigureTools['menus'][number]

/** The view that the address of this request says. */
export function aboutOf(reader: Reader, request: Request, model: ModelMeta): About {
  const screens = reader.app.screens(model)
  return { reader, model, screens, addresses: addressesOf(model, screens, readState(request.query, screens)) }
}

/** The bar above the figures, as every view of the model has it. */
export async function frameOf(
  { reader, model, screens, addresses }: About,
  request: Request,
): Promise<Pick<GraphScreen, 'shell' | 'title' | 'breadcrumbs' | 'noun' | 'here' | 'create' | 'search' | 'views'>> {
  const title = modelPlural(model, reader.t)
  return {
    shell: await shellOf(reader, request, model.path),
    title,
    breadcrumbs: [],
    noun: inSentence(title),
    here: addresses.here,
    ...createAction(reader, model),
    search: await searchBar(reader, model, screens, addresses),
    views: viewLinks(screens, addresses),
  }
}

/** That not all groups are shown. */
export function cutSentence(
  { reader: { t, formats } }: About,
  cut: { readonly shown: number; readonly of: number } | undefined,
): { cut?: string } {
  if (!cut) return {}
  return { cut: t('web.groups_cut', { shown: formats.count(cut.shown), count: formats.count(cut.of, isCapped(cut.of)) }) }
}

/** That groups count some records several times. */
export const overlapSentence = ({ reader: { t } }: About, overlap: boolean): { overlap?: string } =>
  overlap ? { overlap: t('web.groups_overlap') } : {}
