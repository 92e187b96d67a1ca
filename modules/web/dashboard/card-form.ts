/** What is asked about a card, and what was answered. */
import { type CardKind, type ModelMeta, type Request, UserError } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { ownPath } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { queryOf } from '../server/destination.ts'
import { readState } from '../server/list-state.ts'
import type { Reader } from '../server/reader.ts'
import { refuseReading } from '../server/refuse.ts'
import { addressesOf } from '../server/search-bar.ts'
import { sentenceOf } from '../server/sentence.ts'
import type { KeptCard } from './dashboard.model.ts'
import { datesOf } from './range.ts'

type Asked = Pick<KeptCard, 'as' | 'dated'> & { readonly name: string; readonly width: string }

const kinds: readonly CardKind[] = ['number', 'list', 'graph', 'pivot']
const widths = ['1', '2', '3', '4'] as const
/** The width that what is shown asks for. */
export const fits = 'fits'
/** Not by date. */
const none = 'none'
const longestName = 80

/** The fields, filled with how the card is, or with what was sent and refused. */
export function fieldsOf(
  reader: Reader,
  request: Request,
  model: ModelMeta | undefined,
  card: Asked,
  error: UserError | undefined,
): Pick<ConfirmScreen, 'fields' | 'errors'> {
  const { t } = reader
  const value = (name: string, kept: string) => textIn(request, name) ?? kept
  const label = t('web.card_name')
  const wrong = error && sentenceOf(error, t)
  const dates = model ? datesOf(reader, model) : []
  // What is lost stays chosen until somebody chooses another.
  const lost = card.dated === null || dates.some(({ value }) => value === card.dated) ? [] : [{ value: card.dated, label: card.dated }]
  const sizes = widths.map((each) => ({ value: each, label: t(`web.card_width_${each}`) }))
  return {
    fields: [
      {
        kind: 'text',
        name: 'name',
        label,
        value: value('name', card.name),
        required: true,
        maxLength: longestName,
        wide: true,
        ...(wrong !== undefined && { error: wrong }),
      },
      {
        kind: 'select',
        name: 'as',
        label: t('web.card_as'),
        value: value('as', card.as),
        options: kinds.map((each) => ({ value: each, label: t(`web.card_as_${each}`) })),
      },
      {
        kind: 'select',
        name: 'dated',
        label: t('web.card_dated'),
        value: value('dated', card.dated ?? none),
        options: [{ value: none, label: t('web.card_not_dated') }, ...dates, ...lost],
        help: t('web.card_dated_help'),
      },
      {
        kind: 'select',
        name: 'width',
        label: t('web.card_width'),
        value: value('width', card.width),
        options: [...(card.width === fits ? [{ value: fits, label: t('web.card_width_fits') }] : []), ...sizes],
      },
    ],
    ...(wrong !== undefined && { errors: { title: t('web.not_saved'), items: [{ text: wrong, field: 'name', label }] } }),
  }
}

/** What was sent; what it does not name is as it is by itself. */
export function typedCard(
  reader: Reader,
  request: Request,
  model: ModelMeta | undefined,
  card?: KeptCard,
): Pick<KeptCard, 'as' | 'dated' | 'width'> & { readonly name: string } {
  const name = (textIn(request, 'name') ?? '').trim()
  if (name === '') throw new UserError('web.card_name_missing', 'Give the card a title.')
  if (name.length > longestName)
    throw new UserError('web.card_name_long', 'The title of a card has {most} characters at most.', { most: longestName })
  const as = kinds.find((each) => each === textIn(request, 'as')) ?? card?.as ?? 'list'
  const dated = textIn(request, 'dated') ?? card?.dated ?? ''
  const isDate = dated === card?.dated || (model !== undefined && datesOf(reader, model).some(({ value }) => value === dated))
  const width = widths.find((each) => each === textIn(request, 'width'))
  return {
    name,
    as,
    dated: isDate ? dated : null,
    width: width ? (Number(width) as KeptCard['width']) : (card?.width ?? (as === 'number' ? 1 : 2)),
  }
}

/** The view of which a card is made, by its address: of a model that the reader may read. */
export interface Source {
  readonly model: ModelMeta
  /** Its parameters. */
  readonly address: string
  readonly href: string
}

/** Nothing where no view was named. */
export function sourceIn(reader: Reader, request: Request): Source | undefined {
  const path = ownPath(textIn(request, 'back') ?? request.query.get('back'), '')
  const model = reader.app.models.byPath(path.split('?', 1)[0]?.slice(1) ?? '')
  if (!model?.exposed) return undefined
  refuseReading(reader, model)
  const screens = reader.app.screens(model)
  // From its beginning, whatever page of it somebody had reached.
  const href = addressesOf(model, screens, readState(queryOf(path), screens)).to({ open: [] })
  return { model, address: href.split('?')[1] ?? '', href }
}
