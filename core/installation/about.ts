/** What a plan says of a column or of rows, in the reader's language: the names of types and columns are everybody's. */

/** `uuid, empty allowed`; `say` finds a code's text, or takes the English. */
export function aboutIn(about: string, say: (code: string, english: string, values?: object) => string): string {
  const [, column] = /^rows that belong to "(.*)"$/.exec(about) ?? []
  if (column !== undefined) return say('schema.rows_of', 'rows that belong to "{column}"', { column })
  const [, models] = /^history of (.*)$/.exec(about) ?? []
  if (models !== undefined) return say('schema.history_of', 'history of {models}', { models })
  if (about === 'counter') return say('schema.counter', 'counter')
  return about
    .replace(/, empty allowed\b/, () => `, ${say('schema.empty_allowed', 'empty allowed')}`)
    .replace(/, computed$/, () => `, ${say('schema.computed', 'computed')}`)
    .replace(/, default (.*)$/, (_, value: string) => `, ${say('schema.default', 'default {value}', { value })}`)
}
