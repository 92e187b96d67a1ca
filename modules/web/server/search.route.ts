/** `GET /api/search`: the same search for programs. */
import { type Request, route, type Services } from '@tessera/core'
import { z } from 'zod'
import { longestWords, searchEverywhere } from './found.ts'
import { readerOf } from './reader.ts'

const query = z.object({
  q: z.string().trim().min(1).max(longestWords).describe('The words: each must occur in one of the texts that the model is searched by.'),
  limit: z.coerce.number().int().min(1).max(20).default(5).describe('Records of each model, the newest first.'),
})

const returns = z.object({
  data: z.array(
    z.object({
      model: z.string().describe('The name of the model.'),
      path: z.string().describe('Below which its records are: /api/{path}/{id}.'),
      label: z.string(),
      total: z.int().describe('How many records were found, at most 10,000.'),
      capped: z.boolean().describe('True when there are more.'),
      records: z.array(z.object({ id: z.string(), label: z.string(), detail: z.string().nullable() })),
    }),
  ),
})

export const searchRoute = route('GET /search', {
  may: 'signed-in',
  summary: 'Records of all models that hold some words',
  query,
  returns,
  run: async (request, services) => found(request, services),
})

async function found(request: Request, services: Services): Promise<z.infer<typeof returns>> {
  const { q, limit } = query.parse(Object.fromEntries(request.query))
  const models = await searchEverywhere(readerOf(services), q, limit)
  return {
    data: models.map(({ model, label, total, capped, records }) => ({
      model: model.name,
      path: model.path,
      label,
      total,
      capped,
      records: records.map(({ id, label: name, detail }) => ({ id, label: name, detail: detail ?? null })),
    })),
  }
}
