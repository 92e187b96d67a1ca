/** Where figures are kept: how many of the targets that were due in the period were met. */
import { type Extra, now, type Where } from '@tessera/core'
import type { Figure } from '@tessera/reporting'
import type { Ticket } from '@tessera/ticket'

/** What is due later the same day is neither met nor missed yet, above the line as below it. */
const isDue = { $lt: now }
/** What was merged into another ticket goes on there, and is owed there. */
const stands = { mergedAt: null }
/** Nobody had to answer what was closed before. */
const wasOwed: Where<Ticket> = { $or: [{ firstResponseMet: { $ne: null } }, { closedAt: null }] }

const firstResponses: Figure = {
  name: 'sla-first-response',
  of: { when: 'firstResponseTarget', that: { $and: [{ firstResponseTarget: isDue, ...stands }, wasOwed] } },
  part: { when: 'firstResponseTarget', that: { firstResponseTarget: isDue, firstResponseMet: true, ...stands } },
  better: 'more',
}
const resolutions: Figure = {
  name: 'sla-resolution',
  of: { when: 'resolutionTarget', that: { resolutionTarget: isDue, ...stands } },
  part: { when: 'resolutionTarget', that: { resolutionTarget: isDue, resolutionMet: true, ...stands } },
  card: true,
  better: 'more',
}

const extra: Extra = {
  overrides: {
    figures: (Figures) =>
      class WithServiceLevels extends Figures {
        override all() {
          return [...super.all(), firstResponses, resolutions]
        }
      },
  },
}
export default extra
