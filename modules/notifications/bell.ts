/** The bell of every screen: how many, the latest, and a page with all. */
import { staff } from '@tessera/base'
import { html, job, on, page, type Reply, type Request, redirect, type ServiceClass, type Services } from '@tessera/core'
import { type Bell, bellTopic, templates, whenOf } from '@tessera/web'
import { Notice } from './notice.model.ts'

const render = templates(new URL('templates/', import.meta.url))
const path = '/notifications'

export const bellOnScreens = (Client: ServiceClass<Services['client']>): ServiceClass<Services['client']> =>
  class extends Client {
    readonly #services: Services
    constructor(services: Services) {
      super(services)
      this.#services = services
    }

    override async bell(): Promise<Bell | undefined> {
      const { context, notices } = this.#services
      if (context.caller.id === null || !context.caller.ability.has(staff) || !notices.mayRead()) return super.bell()
      return { count: await notices.unread(), href: path, latest: `${path}/latest` }
    }
  }

export const bellPages = [
  page(`GET ${path}`, { may: staff, respond: everything }),
  page(`GET ${path}/latest`, { may: staff, respond: latest }),
  page(`POST ${path}/read`, { may: staff, respond: readAll }),
  page(`POST ${path}/:id/open`, { may: staff, respond: async (request, { notices }) => redirect(await notices.open(request.params.id)) }),
]

export const forgetsNotices = job('notifications.forget', { every: '17 3 * * *', run: (_, { notices }) => notices.forgetOld() })

/** Every browser of his hears that the number is another. */
export const ringing = [
  on(Notice, 'create', ({ user }, { live }) => live.tell(bellTopic(user.id), {})),
  on(Notice, ['readAt'], ({ user }, { live }) => live.tell(bellTopic(user.id), {})),
]

async function everything(request: Request, services: Services): Promise<Reply> {
  const shown = await services.notices.latest(200)
  const content = render(
    'notices',
    { csrf: request.csrf, notices: shown.map((each) => inWords(each, services)), unread: shown.some(({ isRead }) => !isRead) },
    services,
  )
  return services.screens.page(request, { title: services.text('notice.plural'), content, at: path })
}

/** The items of the bell's menu, and how many are unread: `data-count` tells the bell. */
async function latest(request: Request, services: Services): Promise<Reply> {
  const [shown, count] = await Promise.all([services.notices.latest(8), services.notices.unread()])
  const content = render(
    'latest',
    { csrf: request.csrf, notices: shown.map((each) => inWords(each, services)), count, all: path },
    services,
  )
  return html(content, { headers: { 'cache-control': 'no-store' } })
}

async function readAll(request: Request, { notices, screens }: Services): Promise<Reply> {
  await notices.readAll()
  return screens.done(request, path)
}

function inWords({ event, who, at, ...notice }: Awaited<ReturnType<Services['notices']['latest']>>[number], { context, text }: Services) {
  const said = text(who ? `notifications.bell_${event}` : `notifications.bell_${event}_nobody`, { who: who?.name ?? '' })
  return { ...notice, said, ...(who && { who }), at: whenOf(at, context), iso: at.toISOString() }
}
