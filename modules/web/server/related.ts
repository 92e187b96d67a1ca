import { linkCode, type ModelMeta, readableField, type Shown } from '@tessera/core'
import type { RelatedTab, SmartLink } from '../screens.ts'
import { withQuery } from './destination.ts'
import type { PlannedRelated } from './form-plan.ts'
import { countOf } from './joined.ts'
import { prepareColumns } from './list-columns.ts'
import { tableOf } from './list-table.ts'
import { createAction } from './list-verbs.ts'
import { prepare, type Reader } from './reader.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { countInWords } from './view-count.ts'
import { hrefOf, inSentence, isOpenTo, pathLabel } from './words.ts'

const mostRelated = 20

/** The first records that point to this one, with the way to all of them and to a new one. */
export async function relatedTab(reader: Reader, model: ModelMeta, id: string, related: PlannedRelated): Promise<RelatedTab> {
  const { target, mappedBy, label, name } = related
  const { t, formats } = reader
  const list = prepare(reader, `related ${model.name}.${name}`, () =>
    prepareColumns(
      reader,
      target,
      related.columns.map((field) => plainColumn(target, reader, field)),
    ),
  )
  const page = await queryRows(reader.records, target, {
    fields: [...new Set(list.columns.flatMap(({ maker }) => maker.needs))],
    where: { [mappedBy]: id },
    limit: mostRelated,
    total: true,
  })
  const total = page.total ?? page.rows.length
  const canOpen = isOpenTo(reader, target)
  const { create } = canOpen ? createAction(reader, target, `?${new URLSearchParams({ [mappedBy]: id })}`) : {}
  return {
    is: 'related',
    name,
    label,
    ...(total > 0 && { count: formats.count(total, page.capped) }),
    table: tableOf(reader, list, list.columns, page.rows, undefined, label, (row) => (canOpen ? hrefOf(target, row.id) : '')),
    ...(create && { create: { label: t('web.new'), href: create.href } }),
    ...(canOpen &&
      total > page.rows.length && {
        all: { href: allHref(target, mappedBy, id), label: t('web.show_all', { count: formats.count(total, page.capped) }) },
      }),
    ...(page.rows.length === 0 && {
      empty: { icon: target.icon ?? 'inbox', text: t('web.none_yet', { noun: inSentence(label) }), hint: t('web.none_yet_hint') },
    }),
  }
}

/** Where only a column's field is named: how it looks is what the model's own list says. */
export function plainColumn(target: ModelMeta, { app }: Reader, field: string): Shown {
  const declared = app.screens(target).list.of.find((shown) => shown.field === field)
  return {
    label: undefined,
    as: undefined,
    wide: false,
    hidden: undefined,
    readonly: undefined,
    tones: {},
    total: undefined,
    list: undefined,
    module: target.module,
    ...declared,
    field,
    optional: undefined,
  }
}

/** Related records counted, of the record or of one that it names: the number, its noun, and the way to them. */
export async function smartLinks(reader: Reader, model: ModelMeta, row: Row): Promise<readonly SmartLink[]> {
  const links = await Promise.all(
    reader.app.screens(model).form.links.map(async ({ link, label, icon, where, optional }): Promise<readonly SmartLink[]> => {
      const field = readableField(reader.ability, model, link)
      if (field?.kind !== 'many' || !field.mappedBy || !isOpenTo(reader, field.target)) return []
      const { target, mappedBy } = field
      const id = ownerOf(link, row)
      if (id === undefined) return []
      const all = where ? { $and: [{ [mappedBy]: id }, where] } : { [mappedBy]: id }
      const count = countIn(model, row, link, where) ?? (await reader.records.count(target.handle, { where: all as never }))
      if (optional && count === 0) return []
      return [
        {
          count: countInWords(reader, count),
          label: label === undefined ? pathLabel(model, link, reader.t) : reader.t(linkCode(model, link)),
          href: allHref(target, mappedBy, id, where),
          icon: icon ?? target.icon ?? 'list',
        },
      ]
    }),
  )
  return links.flat()
}

/** What the record says itself of how many there are. */
function countIn(model: ModelMeta, row: Row, link: string, where: object | undefined): number | undefined {
  const counted = where ? undefined : countOf(model, link)
  const count = counted === undefined ? undefined : row[counted]
  return typeof count === 'number' ? count : undefined
}

/** Whose records a link counts: those of the row itself, or of what it names. */
function ownerOf(link: string, row: Row): string | undefined {
  const [owner, rest] = link.split('.')
  return rest === undefined ? row.id : relatedIn(row[owner!])?.id
}

/** The list of all of them, closed and archived ones too. */
export function allHref(target: ModelMeta, mappedBy: string, id: string, where?: object): string {
  return withQuery(`/${target.path}`, [
    ['filter', ''],
    [`facet.${mappedBy}`, id],
    ...(where ? [['where', JSON.stringify(where)] as const] : []),
  ])
}
