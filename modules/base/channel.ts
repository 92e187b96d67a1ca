/** Ways to reach somebody outside: email here; chats and webhooks by addons, which override the service `channels`. */

import type { OutgoingFile } from './mailed-files.ts'

/** What goes out, as a channel gets it. */
export interface Outgoing {
  /** Ours, the same each time the message is tried: `<id@host>`. */
  readonly messageId: string
  /** What the channel calls the receiver: an email address, the number of a chat. */
  readonly to: string
  readonly subject: string | undefined
  readonly text: string
  readonly html: string | undefined
  /** Message-IDs of earlier messages of the same conversation, oldest first. */
  readonly references: readonly string[]
  /** Only for a channel that `takesFiles`. */
  readonly files?: readonly OutgoingFile[]
}

export interface Channel {
  /** `email`, `telegram`: what a message and a ticket name it by. */
  readonly name: string
  readonly label: string
  /** Files go with its messages; without this, whoever writes one says where they are. */
  readonly takesFiles?: boolean
  /** Why nothing can be sent at the moment, as a sentence; undefined when all is set up. What is sent meanwhile waits. */
  notReady(): string | undefined
  /** Resolves when the other side has taken it. Rejects with Undeliverable where trying again would bring nothing, else with what happened. */
  send(message: Outgoing): Promise<void>
}

/** The other side will never take this message. */
export class Undeliverable extends Error {
  override readonly name = 'Undeliverable'
}
