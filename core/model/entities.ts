/** Composed models as MikroORM sees them: what the unit of work writes and the schema diff compares. */
import { ArrayType, EntitySchema } from '@mikro-orm/core'
import { type FieldMeta, fieldAt, type ModelMeta, type Models } from './meta.ts'

/** An index as PostgreSQL makes it; the name holds a hash of the definition, so that a changed one is made anew. */
export interface IndexDefinition {
  readonly name: string
  readonly sql: string
}

/** A composed model as the unit of work knows it. */
export type Entity = EntitySchema<any>

/** Each boot derives its own classes, so that two compositions live in one process. */
export function entitiesOf(models: Models, indexes: (model: ModelMeta) => readonly IndexDefinition[]): ReadonlyMap<ModelMeta, Entity> {
  const classes = new Map(models.all.map((model) => [model, { [model.name]: class {} }[model.name]!]))
  return new Map(
    models.all.map((model) => [
      model,
      new EntitySchema<any>({
        class: classes.get(model)!,
        tableName: model.table,
        properties: Object.fromEntries([...model.fields.values()].flatMap((field) => properties(field, classes))),
        indexes: indexes(model).map(({ name, sql }) => ({ name, expression: sql })),
      } as any),
    ]),
  )
}

function properties(field: FieldMeta, classes: ReadonlyMap<ModelMeta, unknown>): [string, object][] {
  if (field.kind === 'one') {
    return [
      [
        field.name,
        {
          kind: 'm:1',
          entity: () => classes.get(field.target),
          fieldName: field.column,
          nullable: field.nullable,
          index: false,
          deleteRule: 'no action',
          updateRule: 'no action',
          createForeignKeyConstraint: field.constrained,
        },
      ],
    ]
  }
  if (field.kind === 'many') {
    // Only the owning side makes the table between.
    if (!field.pivot || !field.owned) return []
    return [
      [
        field.name,
        {
          kind: 'm:n',
          entity: () => classes.get(field.target),
          owner: true,
          pivotTable: field.pivot.table,
          joinColumn: field.pivot.own,
          inverseJoinColumn: field.pivot.other,
          // The key of the table finds what a record has; this, which records have it.
          index: true,
        },
      ],
    ]
  }
  if (field.column === undefined) return []
  return [
    [
      field.name,
      {
        fieldName: field.column,
        nullable: field.nullable,
        ...columnOf(field.type),
        ...(field.name === 'id' ? { primary: true } : {}),
        ...(field.values ? { enum: true, items: [...field.values] } : {}),
        ...defaultOf(field),
        ...(field.sql ? { generated: `(${field.sql(columnsOf(field.model))}) stored` } : {}),
      },
    ],
  ]
}

/** MikroORM's own array type leaves the text "null" unquoted, which PostgreSQL reads as no text at all. */
class TextArray extends ArrayType<string> {
  override convertToDatabaseValue(value: string[] | null): string | null {
    return value && `{${value.map((each) => `"${each.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
  }
}

const columnTypes = {
  string: 'text',
  text: 'text',
  enum: 'text',
  integer: 'integer',
  float: 'double precision',
  decimal: 'numeric(14,2)',
  boolean: 'boolean',
  // Milliseconds, as JavaScript keeps them: a cursor must find the row again.
  datetime: 'timestamptz(3)',
  date: 'date',
  uuid: 'uuid',
  json: 'jsonb',
  texts: 'text[]',
  translated: 'jsonb',
} as const
const runtimeTypes = {
  string: 'string',
  text: 'text',
  enum: 'string',
  integer: 'integer',
  float: 'double',
  decimal: 'decimal',
  boolean: 'boolean',
  datetime: 'datetime',
  date: 'date',
  uuid: 'uuid',
  json: 'json',
  texts: TextArray,
  translated: 'json',
} as const
function columnOf(type: keyof typeof columnTypes): object {
  return { type: runtimeTypes[type], columnType: columnTypes[type] }
}
function defaultOf(field: FieldMeta): object {
  if (field.name === 'version') return { default: 1 }
  if (field.name === 'createdAt' || field.name === 'updatedAt') return { defaultRaw: 'now()' }
  if (field.kind !== 'scalar' || !field.hasDefault || field.default === undefined) return {}
  return { default: field.default }
}

/** Quoted column names by field, for SQL that a trait writes. */
export function columnsOf(model: ModelMeta, alias?: string): Readonly<Record<string, string>> {
  return new Proxy({} as Record<string, string>, {
    get: (_, name) => {
      const field = typeof name === 'string' ? fieldAt(model, name) : undefined
      const column = field && field.kind !== 'many' ? field.column : undefined
      if (column === undefined) throw new TypeError(`An SQL expression of "${model.name}" names "${String(name)}", which has no column.`)
      return alias ? `${alias}."${column}"` : `"${column}"`
    },
  })
}
