/** What the write path has at hand: who writes, on what, and what must follow. */
import type { Door } from '../access/caller.ts'
import type { Connection } from '../database/connection.ts'
import type { Entity } from '../model/entities.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import type { Change } from '../module/module.ts'
import type { Services } from '../service/services.ts'
import type { Reading } from './read.ts'
import type { Asker } from './statement.ts'
import type { Scope, Transaction } from './transaction.ts'

/** Work that follows from a change, written in its transaction. */
export interface AfterChange {
  enqueue(transaction: Transaction, listener: number, change: Change): Promise<void>
  /** Tells every process, at the commit, that what it keeps of a model is old. */
  announce(transaction: Transaction, model: ModelMeta, id: string): Promise<void>
  /** Tells whoever looks at the record, at the commit, that it is another now. */
  look(transaction: Transaction, model: ModelMeta, id: string): Promise<void>
}

export interface Writing extends Reading {
  readonly composition: Composition
  readonly connection: Connection
  readonly entities: ReadonlyMap<ModelMeta, Entity>
  readonly scope: Scope
  readonly after: AfterChange
  readonly services: Services
  /** The user whom history and stamps name. */
  readonly actor: string | null
  readonly door: Door
  /** Written by the system itself: no rules, and fields that only actions may write. */
  readonly system: boolean
  /** The same, unlimited: for what a rule or a label needs to know. */
  readonly trusted: Asker
}
