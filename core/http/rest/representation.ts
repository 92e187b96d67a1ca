/** What of a record the API shows. `records` already gives values as the API does: relations as `{ id, label }`, instants that print as ISO UTC. */
import { hash } from 'node:crypto'
import type { ModelMeta } from '../../model/meta.ts'

/** A record as `records` returns it. */
export type Row = Readonly<Record<string, unknown>>

const shown = new WeakMap<ReadonlySet<string>, readonly string[]>()

/** What a record consists of when the client names no fields: all that the caller may read, without the records that name it. */
export function ownFields(model: ModelMeta, readable: ReadonlySet<string>): readonly string[] {
  let fields = shown.get(readable)
  if (!fields) {
    fields = [...model.fields.values()]
      .filter((field) => readable.has(field.name) && (field.kind !== 'many' || field.pivot))
      .map(({ name }) => name)
    shown.set(readable, fields)
  }
  return fields
}

/** The same of a whole record, as a write returns it: there, relations carry their own fields too. */
export function shownOf(model: ModelMeta, whole: Row, fields: readonly string[]): Row {
  const shown: Record<string, unknown> = {}
  for (const name of fields) shown[name] = model.fields.get(name)?.kind === 'one' ? referenceOf(whole[name]) : whole[name]
  return shown
}

function referenceOf(related: unknown): unknown {
  return typeof related === 'object' && related !== null && 'id' in related && 'label' in related
    ? { id: related.id, label: related.label }
    : null
}

/** One record as the body of an answer, with its ETag. The version came along even where the client did not ask for it. */
export function bodyOf(row: Row, fields: readonly string[]): { readonly body: string; readonly etag: string } {
  const { version, ...rest } = row
  const body = JSON.stringify({ data: fields.includes('version') ? row : rest })
  const digest = hash('sha256', body, 'base64url').slice(0, 22)
  return { body, etag: typeof version === 'number' ? `"${version}-${digest}"` : `"${digest}"` }
}

/** Adds the version to what is read, for the ETag, where the reader may know it. */
export function withVersion(fields: readonly string[], readable: ReadonlySet<string>): readonly string[] {
  return fields.includes('version') || !readable.has('version') ? fields : [...fields, 'version']
}
