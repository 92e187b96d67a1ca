import { job } from '@tessera/core'
import { z } from 'zod'
import { User } from './user.model.ts'

/** Asked for by `identity.mailLink`; whether there is such a user is found out here, where nobody waits for the answer. */
export const mailsLink = job('identity.mailLink', {
  input: z.object({ email: z.string(), locale: z.string() }),
  async run({ email, locale }, { asSystem, identity, outbox, inLanguage, config, context }) {
    const user = await asSystem('Who asks for a link is not signed in yet.').find(User, { email, active: true })
    if (!user) return
    const link = `${config.baseUrl}/sign-in/${await identity.createLink(user.id, 'sign-in')}`
    const { text } = inLanguage(user.language ?? locale)
    const desk = new URL(config.baseUrl).host
    await outbox.send({
      to: user.email,
      subject: text('base.link_mail.subject', { desk }),
      text: text('base.link_mail.text', { name: user.name, desk, link, minutes: linkMinutes }),
      event: 'identity.link',
      secret: true,
      validUntil: new Date(context.now.getTime() + linkMinutes * 60_000),
    })
  },
})

const linkMinutes = 15
