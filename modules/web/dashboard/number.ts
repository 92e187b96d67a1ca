/** A card that counts, and says how it was before. */

import type { About } from '../figures/groups.ts'
import { periodInWords } from '../period.ts'
import type { NumberContent } from '../screens.ts'
import { countInWords, demandCount, mostCounted } from '../server/view-count.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import type { KeptCard } from './dashboard.model.ts'
import { aboutOfCard, listHref, type Period } from './found.ts'
import { daysBefore } from './range.ts'

export async function numberContent(about: About, card: KeptCard, period: Period | undefined): Promise<NumberContent> {
  const { reader, model, addresses } = about
  const count = await demandCount(reader, model, addresses.state)
  return {
    is: 'number',
    value: countInWords(reader, count),
    isNone: count === 0,
    noun: inSentence(modelPlural(model, reader.t)),
    href: listHref(about),
    ...(card.dated !== null && period && count <= mostCounted && (await trendOf(about, card, period, count))),
  }
}

async function trendOf({ reader, model }: About, card: KeptCard, period: Period, count: number): Promise<Pick<NumberContent, 'trend'>> {
  const { t, formats, locale } = reader
  const before = daysBefore(reader, period)
  const found = aboutOfCard(reader, card, before)
  if ('said' in found) return {}
  const was = await demandCount(reader, model, found.about.addresses.state)
  if (was > mostCounted) return {}
  const way = count > was ? 'up' : count < was ? 'down' : 'same'
  return {
    trend: {
      way,
      text: t(`web.card_${way}`, { count: formats.number(Math.abs(count - was)) }),
      title: t('web.card_before', { days: periodInWords(before, locale), count: formats.number(was) }),
    },
  }
}
