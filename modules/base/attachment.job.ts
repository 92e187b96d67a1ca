import { job } from '@tessera/core'

/** At night. What is brought within a day is left alone, so that nothing is swept away that is on its way to a record. */
export const sweepsFiles = job('attachments.sweep', {
  every: '17 3 * * *',
  outside: true,
  run: async (_, { bySystem, log }) => {
    const gone = await bySystem('What nobody refers to is nobody’s.').attachments.sweep()
    if (gone.drafts + gone.contents > 0) log.info(gone, 'Files that belong to nothing were removed.')
  },
})
