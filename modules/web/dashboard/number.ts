/** A card that counts, and says how it was before. */

import type { About } from '../figures/groups.ts'
import { periodInWords } from '../period.ts'
import type { NumberContent } from '../screens.ts'
import { whereOf } from '../server/list-state.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import type { KeptCard } from './dashboard.model.ts'
import { aboutOfCard, listHref, type Period } from './found.ts'
import { daysBefore } from './range.ts'

export async function numberContent(about: About, card: KeptCard, period: Period | undefined): Promise<NumberContent> {
  const { reader, model } = about
  const count = await countOf(about)
  return {
    is: 'number',
    value: reader.formats.count(Math.min(count, mostCounted), count > mostCounted),
    isNone: count === 0,
    noun: inSentence(modelPlural(model, reader.t)),
    href: listHref(about),
    ...(card.dated !== null && period && count <= mostCounted && (await trendOf(about, card, period, count))),
  }
}

/** As far as lists count. */
const mostCounted = 10_000

function countOf({ reader, model, screens, addresses: { state } }: About): Promise<number> {
  const where = whereOf(state, model, screens, reader.zone)
  return reader.records.count(model.handle, { about: true, ...(where && { where: where as never }), ...(state.q && { q: state.q }) })
}

async function trendOf({ reader }: About, card: KeptCard, period: Period, count: number): Promise<Pick<NumberContent, 'trend'>> {
  const { t, formats, locale } = reader
  const before = daysBefore(reader, period)
  const found = aboutOfCard(reader, card, before)
  if ('said' in found) return {}
  const was = await countOf(found.about)
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
