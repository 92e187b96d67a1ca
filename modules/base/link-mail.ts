import { job } from '@tessera/core'
import { z } from 'zod'
import { User } from './user.model.ts'

/** Asked for by `links.mail`; whether there is such a user is found out here, where nobody waits for the answer. */
export const mailsLink = job('identity.mailLink', {
  input: z.object({ email: z.string(), locale: z.string(), purpose: z.enum(['sign-in', 'confirm']).default('sign-in') }),
  async run({ email, locale, purpose }, { asSystem, identity, outbox, inLanguage, config, context }) {
    const user = await asSystem('Who asks for a link is not signed in yet.').find(User, { email, active: true })
    if (!user) return
    const link = `${config.baseUrl}/${purpose}/${await identity.createLink(user.id, purpose)}`
    const { text } = inLanguage(user.language ?? locale)
    const desk = new URL(config.baseUrl).host
    await outbox.send({
      to: user.email,
      subject: text(`base.${mailOf[purpose]}.subject`, { desk }),
      text: text(`base.${mailOf[purpose]}.text`, { name: user.name, desk, link, minutes: linkMinutes }),
      event: 'identity.link',
      secret: true,
      validUntil: new Date(context.now.getTime() + linkMinutes * 60_000),
    })
  },
})

const mailOf = { 'sign-in': 'link_mail', confirm: 'confirm_mail' } as const
const linkMinutes = 15
