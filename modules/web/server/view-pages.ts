/** The addresses of saved views, below those of their model. */
import { staff } from '@tessera/base'
import { type Page, page } from '@tessera/core'
import { show } from './answer.ts'
import { modelPage } from './model-page.ts'
import { changeable, openView, removeView, removeViewScreen, saveView, viewScreen } from './view-dialog.ts'

const may = staff
type OfView = { readonly model: string; readonly view: string }

export const viewPages: readonly Page[] = [
  page('GET /:model/views/save', {
    may,
    respond: modelPage(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await viewScreen(reader, request, model)),
    ),
  }),
  page('POST /:model/views/save', { may, respond: modelPage((reader, request, model) => saveView(reader, request, model)) }),
  page('GET /:model/views/:view', {
    may,
    respond: modelPage<OfView>((reader, request, model) => openView(reader, model, request.params.view)),
  }),
  page('GET /:model/views/:view/edit', {
    may,
    respond: modelPage<OfView>(async (reader, request, model) =>
      show(
        reader.services,
        request,
        'confirm',
        await viewScreen(reader, request, model, await changeable(reader, model, request.params.view)),
      ),
    ),
  }),
  page('POST /:model/views/:view/edit', {
    may,
    respond: modelPage<OfView>((reader, request, model) => saveView(reader, request, model, request.params.view)),
  }),
  page('GET /:model/views/:view/remove', {
    may,
    respond: modelPage<OfView>(async (reader, request, model) =>
      show(reader.services, request, 'confirm', await removeViewScreen(reader, request, model, request.params.view)),
    ),
  }),
  page('POST /:model/views/:view/remove', {
    may,
    respond: modelPage<OfView>((reader, request, model) => removeView(reader, request, model, request.params.view)),
  }),
]
