/** The screen "Explain access": why somebody may do something or may not, and who may. */
import { askOf, explainedTo, explaining, explanationText, people, type Told } from '@tessera/base'
import { html, menu, page, type Reply, type Request, type ServiceClass, type Services, UserError } from '@tessera/core'
import { templates } from '@tessera/web'
import { answerOf, type Shown, whoOf } from './explain-answer.ts'
import { type Asked, askedIn, explainHref, explainPath, type Form, formOf, meant } from './explain-form.ts'

const render = templates(new URL('templates/', import.meta.url))

export const explainPages = [page(`GET ${explainPath}`, { may: explaining, respond: explainPage })]
export const explainMenus = [menu('Explain access', { in: people, icon: 'help-circle', opens: explainPath, may: explaining })]

/** A link in the menu of every record's form, for whoever is told. */
export const explainOnForms = (Client: ServiceClass<Services['client']>): ServiceClass<Services['client']> =>
  class extends Client {
    readonly #services: Services
    constructor(services: Services) {
      super(services)
      this.#services = services
    }

    override recordMenu(model: string, id: string) {
      const { context, text } = this.#services
      if (!context.caller.ability.may(explaining)) return super.recordMenu(model, id)
      return [
        ...super.recordMenu(model, id),
        { label: text('access.explain.title'), href: explainHref({ model, id }), icon: 'help-circle' },
      ]
    }
  }

interface Links {
  readonly who: string
  readonly text: string
  /** Where the record is shown to staff. */
  readonly record: string | undefined
}
interface Screen {
  readonly form: Form
  readonly action: string
  /** Why the question cannot be answered. */
  readonly wrong?: { readonly sentence: string; readonly hint?: string | undefined }
  readonly answer?: Shown
  readonly who?: Awaited<ReturnType<typeof whoOf>>
  readonly links?: Links
  readonly text?: string
}

async function explainPage(request: Request, services: Services): Promise<Reply> {
  const asked = askedIn(request.query)
  const named = await meant(services, asked)
  const form = await formOf(services, named)
  if (!named.isWhole) {
    const lacksModel = named.user !== '' && named.model === '' && named.users.length === 0
    const wrong = lacksModel ? { wrong: { sentence: services.text('access.explain.no_model') } } : {}
    return screen(request, services, { form, action: explainPath, ...wrong })
  }
  try {
    const ask = await askOf(services, named)
    const explanation = await explainedTo(services, ask)
    if (asked.as === 'text') return asText(services, explanation)
    const who = asked.who ? await whoOf(services, await services.access.whoMay(ask), named) : undefined
    return screen(request, services, {
      form,
      action: explainPath,
      answer: answerOf(services, explanation),
      text: explanationText(services, explanation),
      ...(who && { who }),
      links: linksOf(services, named, explanation),
    })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const { message: sentence, hint } = error
    return screen(request, services, { form, action: explainPath, wrong: { sentence, hint } })
  }
}

function screen(request: Request, services: Services, model: Screen): Promise<Reply> {
  return services.screens.page(request, {
    title: services.text('access.explain.title'),
    content: render('explain', model, services),
    at: explainPath,
  })
}

/** To be copied, or sent to whoever asked. */
function asText(services: Services, explanation: Told): Reply {
  return html(`${explanationText(services, explanation)}\n`, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function linksOf({ app }: Services, asked: Asked, { record, model: name }: Told): Links {
  const model = app.models.byName(name)
  return {
    who: explainHref({ ...asked, who: true }),
    text: explainHref({ ...asked, as: 'text' }),
    record: record && model?.exposed ? `/${model.path}/${record.id}` : undefined,
  }
}
