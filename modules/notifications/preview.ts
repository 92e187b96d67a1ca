/** The preview of a template: a page of the staff's screens, and in a frame of its own the mail. */
import { manager } from '@tessera/base'
import { html, page } from '@tessera/core'
import { templates } from '@tessera/web'
import { NotificationTemplate } from './notification-template.model.ts'
import { sampleOf } from './sample.ts'
import { mailLanguages } from './values.ts'

const render = templates(new URL('templates/', import.meta.url))

const previewPage = page('GET /notifications/preview/:id', {
  may: manager,
  async respond(request, services) {
    const { id } = request.params
    const { app, context, screens, text } = services
    const { mail, language, number } = await sampleOf(services, id, request.query.get('language'))
    const { path } = app.models.of(NotificationTemplate)
    const nameOf = new Intl.DisplayNames(context.locale, { type: 'language' })
    const languages = mailLanguages(app).map((locale) => ({
      label: nameOf.of(locale) ?? locale,
      href: `/notifications/preview/${id}?language=${locale}`,
      isShown: locale === language,
    }))
    const content = render(
      'preview',
      { ...mail, number, language, languages, template: `/${path}/${id}`, body: `/notifications/preview/${id}/body?language=${language}` },
      services,
    )
    return screens.page(request, { title: text('notifications.preview'), content, at: `/${path}` })
  },
})

const bodyPage = page('GET /notifications/preview/:id/body', {
  may: manager,
  async respond(request, services) {
    const { mail } = await sampleOf(services, request.params.id, request.query.get('language'))
    return html(mail.html, { headers: { 'content-security-policy': policy, 'x-frame-options': 'SAMEORIGIN' } })
  },
})

/** Whatever a template holds: it is looked at, and does nothing. Only our own pages may frame it. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

export const previewPages = [previewPage, bodyPage]
