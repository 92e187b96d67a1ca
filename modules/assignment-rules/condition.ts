/** Conditions that people write: read as the kernel reads them, and said in words. */
import { conditionInWords } from '@tessera/base'
import { type Services, UserError } from '@tessera/core'
import { Ticket } from '@tessera/ticket'

/**
 * What a condition says, in words. Refused when it names a field or operator that does not exist, or a field that its writer may not
 * read: he could else learn by a rule what is in it.
 */
export async function rememberCondition(services: Services, condition: object): Promise<string> {
  try {
    await services.records.count(Ticket, { where: condition })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(
      'assignment.unreadable_condition',
      'The condition of the rule cannot be read: {reason}',
      { reason: error.message },
      {
        errors: [{ field: 'condition', code: 'assignment.condition', text: 'Condition: {reason}', values: { reason: error.message } }],
        cause: error,
      },
    )
  }
  return conditionInWords(services, services.app.models.of(Ticket), condition)
}
