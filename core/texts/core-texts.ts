/** What core itself says to people, by code, for those who translate it. */
import english from './en.json' with { type: 'json' }

/**
 * The English of core, code -> message. It is spoken from where it is thrown, which may say more than this general form; another
 * language has it from the catalogue of a module.
 */
export const coreTexts: ReadonlyMap<string, string> = new Map(Object.entries(english))
