/** How many records a condition matches, as far as the reader sees them. */
import { html, type ModelMeta, type Reply, type Request, type Services, UserError } from '@tessera/core'
import { textIn } from '../server/body.ts'
import { withQuery } from '../server/destination.ts'
import { type Reader, readerOf } from '../server/reader.ts'
import { queryRows } from '../server/rows.ts'
import { templates } from '../server/screens.service.ts'
import { sentenceOf } from '../server/sentence.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import { filterBuilder, readFilter } from './builder.ts'
import { type Form, formOf } from './typed.ts'

export interface BuilderCount {
  readonly words: string
  /** The list of just these. */
  readonly href?: string
  readonly wrong?: boolean
}

const render = templates(new URL('../templates/', import.meta.url))

/** `POST /:model/count`: "1,204 of 18,377 tickets match". */
export async function countPage(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const { services } = reader
  return html(render('builder-count', { count: await builderCount(services, model, nameIn(request), formOf(request)) }, services))
}

/** `POST /:model/builder`: the builder alone, with what was typed and what a button asked for. */
export async function builderPage(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const name = nameIn(request)
  const placeholders = textIn(request, `${name}.me`) === 'true'
  const label = textIn(request, `${name}.label`)
  const built = await filterBuilder(reader.services, model, { name, where: undefined, request, placeholders, ...(label && { label }) })
  return html(built.html)
}

export async function builderCount(services: Services, model: ModelMeta, name: string, form: Form): Promise<BuilderCount> {
  const { text } = services
  const { where, errors } = readFilter(services, model, name, form)
  if (errors.size > 0) return { words: text('web.builder_incomplete') }
  const reader = readerOf(services)
  try {
    const [some, all] = await Promise.all([how(reader, model, where), how(reader, model, undefined)])
    const json = JSON.stringify(where)
    const href =
      json === '{}'
        ? `/${model.path}`
        : withQuery(`/${model.path}`, [
            ['filter', ''],
            ['where', json],
          ])
    return {
      words: text('web.builder_count', { count: some, total: all, noun: inSentence(modelPlural(model, text)) }),
      ...(json.length < longest && model.exposed && { href }),
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { words: sentenceOf(error, text), wrong: true }
  }
}

/** A link with a longer condition is read by no list. */
const longest = 4_000

const nameIn = (request: Request): string => (textIn(request, 'builder') ?? 'where').slice(0, 100)

async function how(reader: Reader, model: ModelMeta, where: object | undefined): Promise<string> {
  const { total = 0, capped = false } = await queryRows(reader.records, model, {
    fields: [],
    where,
    order: { id: 'asc' },
    limit: 1,
    total: 'about',
  })
  return reader.formats.count(total, capped)
}
