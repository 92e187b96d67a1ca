import { on, type Services } from '@tessera/core'
import { Attachment } from './attachment.model.ts'

/** A record's history says which files came and went: by their names, for the one that went cannot be asked any more. */
export const keepsFileHistory = [
  on(Attachment, 'create', (file, services) => (file.draft ? undefined : note(file, 'came', services))),
  on(Attachment, ['draft'], (file, services, { verb }) => (verb === 'update' ? note(file, 'came', services) : undefined)),
  on(Attachment, 'delete', (file, services) => (file.draft ? undefined : note(file, 'went', services))),
]

async function note(file: Attachment, what: 'came' | 'went', { app, context, asSystem }: Services): Promise<void> {
  const { journal } = app.models
  if (!journal) return
  const attachment = app.models.of(Attachment)
  for (const name of attachment.within) {
    const relation = attachment.fields.get(name)
    const owner = (file as unknown as Readonly<Record<string, { id: string } | null | undefined>>)[name]
    if (relation?.kind !== 'one' || !owner) continue
    const field = [...relation.target.fields.values()].find(
      (each) => each.kind === 'many' && each.target === attachment && each.mappedBy === name,
    )
    if (!field?.tracked) continue
    const named = [{ id: file.id, label: file.name }]
    await asSystem('What happened to a record is written down whoever did it.').create(journal.handle, {
      model: relation.target.name,
      record: owner.id,
      at: context.now,
      actor: context.caller.id,
      door: context.door,
      field: field.name,
      old: what === 'went' ? named : null,
      new: what === 'came' ? named : null,
    })
  }
}
