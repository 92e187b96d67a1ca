/** How far a field is. */
import { NotFound, type Reply, type Request, type Services, spoken } from '@tessera/core'
import { fieldsPath, progressHref } from './places.ts'
import { render } from './render.ts'

export async function progressPage(request: Request<{ id: string }>, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const found = await modules.progress(request.params.id)
  if (found?.verb !== 'field')
    throw new NotFound('custom.no_operation', 'There is no such change, or it is older than what this database keeps.')
  const { failure, left } = found
  const content = render(
    'custom-progress',
    {
      href: progressHref(found.id),
      back: fieldsPath,
      state: found.state,
      name: found.names.join(', '),
      left: left && spoken(services, left).sentence,
      progress: { step: found.step, steps: found.steps },
      failure: failure && spoken(services, { ...failure, code: failure.code ?? '', values: failure.values ?? {} }),
    },
    services,
  )
  const page = await screens.page(request, { title: text(`custom.state_${found.state}`), content, at: fieldsPath })
  return { ...page, headers: { ...page.headers, 'cache-control': 'no-store' } }
}
