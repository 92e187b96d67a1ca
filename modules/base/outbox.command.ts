import { command, UserError } from '@tessera/core'
import { z } from 'zod'
import { isAddress } from './email.channel.ts'
import { OutboxMessage, retry } from './outbox-message.model.ts'

/** Whether mail goes out, without doing anything else first. */
export const mailTest = command('mail test', {
  help: 'send a mail through the outbox and say what came of it',
  input: z.object({ to: z.string().refine(isAddress, 'an email address').describe('who gets it') }),
  async run({ to }, { outbox, config, text }) {
    const desk = new URL(config.baseUrl).host
    const about = { subject: text('base.test_mail.subject', { desk }), text: text('base.test_mail.text', { desk }), event: 'mail.test' }
    const { id, status, error, messageId, attempts } = await outbox.sendNow({ to, ...about })
    if (status === 'sent') return { result: `The mail server took the mail for ${to}.`, id, messageId, attempts }
    throw new UserError(
      'base.test_mail_failed',
      'The mail for {to} was not sent: {error}',
      { to, error },
      {
        hint:
          status === 'waiting'
            ? 'It waits in the outbox and is tried again.'
            : 'It is a dead letter in the outbox now: tessera outbox retry sends it again.',
      },
    )
  },
})

/** After a fault that is mended: everything that was given up, at once. */
export const outboxRetry = command('outbox retry', {
  help: 'send all dead letters again',
  async run(_, { records }) {
    for (let count = 0; ; ) {
      const { rows } = await records.query(OutboxMessage, { fields: ['id'], where: { status: 'dead', text: { $ne: null } }, limit: 200 })
      for (const { id } of rows) await records.act(retry, id, {})
      count += rows.length
      if (rows.length < 200) return { tried: count }
    }
  },
})
