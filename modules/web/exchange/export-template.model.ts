import { staff } from '@tessera/base'
import { defineModel, type Fields, type Model, me, p } from '@tessera/core'
import { z } from 'zod'

const fields = {
  name: p.string().length(100),
  model: p.string().length(100),
  fields: p.json().$type<readonly string[]>(),
  format: p.enum(['csv', 'xlsx']),
  shared: p.boolean().default(false),
}

/** Which fields of a model somebody takes out again and again. */
export interface ExportTemplate extends Fields<typeof fields> {}
export const ExportTemplate: Model<ExportTemplate> = defineModel('exportTemplate', fields, {
  title: 'name',
  icon: 'download',
  order: { name: 'asc' },
  fields: {
    model: { help: 'The name of the model, such as ticket.' },
    fields: { valid: z.array(z.string().max(200)).min(1).max(100), help: 'The paths of its fields, such as partner.email.' },
    format: { options: { csv: 'CSV', xlsx: 'Excel' } },
    shared: { help: 'Everybody who works here may use it.' },
  },
})

export const exportTemplateRules = [
  staff.can('create', ExportTemplate),
  staff.can(['read', 'update', 'delete'], ExportTemplate, { createdBy: me.id }),
  staff.can('read', ExportTemplate, { shared: true }),
]
