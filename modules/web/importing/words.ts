import type { ImportWords, ModelMeta } from '@tessera/core'
import type { Reader } from '../server/reader.ts'
import { fieldSentence } from '../server/sentence.ts'
import { inSentence, modelLabel, modelPlural } from '../server/words.ts'

/** What is wrong with a row, in the reader's language. */
export function importWords(model: ModelMeta, t: Reader['t']): ImportWords {
  return {
    truths: [t('web.yes'), t('web.no')],
    say({ field = '', code, text, values }) {
      const about = model.fields.get(field)
      const named = code === 'import.nothing_to_update' ? model : about && about.kind !== 'scalar' ? about.target : undefined
      const nouns = named && { model: inSentence(modelLabel(named, t)), models: inSentence(modelPlural(named, t)) }
      return fieldSentence({ field, code, text, values: { ...values, ...nouns } }, model, t)
    },
  }
}
