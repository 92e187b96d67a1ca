/** Looking at what an operation would do: its transaction is undone. */
import type { Transaction } from '../records/transaction.ts'
import type { Installing } from './planning.ts'

export type Operate = <R>(run: (installing: Installing, transaction: Transaction) => Promise<R>) => Promise<R>

/** Runs like `operate`, and leaves everything as it was. */
export async function rehearsed<R>(operate: Operate, run: (installing: Installing, transaction: Transaction) => Promise<R>): Promise<R> {
  const outcome: { result?: R } = {}
  const undo = new Error('Only a look.')
  try {
    await operate(async (installing, transaction) => {
      outcome.result = await run(installing, transaction)
      throw undo
    })
  } catch (error) {
    if (error !== undo) throw error
  }
  return outcome.result as R
}
