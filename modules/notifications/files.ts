/** Files of an answer: they go with the mail to the customer, or it says where they are. */
import { Attachment, type MailedFile, mailSettings } from '@tessera/base'
import type { Services } from '@tessera/core'
import type { Happening } from './notification.service.ts'

/** Those of what staff said publicly. */
export async function filesSaid({ asSystem }: Services, happenings: readonly Happening[]): Promise<readonly MailedFile[]> {
  const messages = happenings.flatMap(({ event, said }) => (event === 'replied' && said?.by !== 'customer' ? (said?.message ?? []) : []))
  if (messages.length === 0) return []
  const system = asSystem('What is said to a customer is brought to him with its files, whoever said it.')
  const where = { message: { $in: messages }, draft: false }
  return (await system.query(Attachment, { fields: ['name', 'size'], where, limit: 200 })).rows
}

/** Whether a mail takes them all along. */
export async function fitInMail({ settings }: Services, files: readonly MailedFile[]): Promise<boolean> {
  const { mostMegabytes } = await settings.get(mailSettings)
  return files.reduce((sum, { size }) => sum + size, 0) <= mostMegabytes * 1_000_000
}
