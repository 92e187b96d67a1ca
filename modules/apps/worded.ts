/** Modules as the reader calls them. */
import { type KnownModule, type Services, textIn } from '@tessera/core'

export interface WordedModule extends Omit<KnownModule, 'title' | 'summary'> {
  readonly title: string
  readonly summary: string
}

export function worded({ context }: Pick<Services, 'context'>, known: KnownModule): WordedModule {
  return { ...known, title: textIn(known.title, context.locale), summary: textIn(known.summary, context.locale) }
}

/** By title. */
export async function allModules(services: Services): Promise<readonly WordedModule[]> {
  const { compare } = new Intl.Collator(services.context.locale)
  return (await services.modules.list()).map((known) => worded(services, known)).sort((a, b) => compare(a.title, b.title))
}

/** What is declared, in the reader's language where its module speaks it. */
export function labelIn(
  { context }: Pick<Services, 'context'>,
  { label, labels = {} }: { label: string; labels?: KnownModule['title'] | undefined },
): string {
  return textIn(labels, context.locale) || label
}
