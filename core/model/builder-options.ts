/** What a property builder of MikroORM says of a field, in our words. */
import type { ScalarType } from './meta.ts'

/** What MikroORM's property builders gather. */
export interface BuilderOptions {
  readonly kind?: 'm:1' | '1:m' | 'm:n'
  readonly type?: { readonly name: string } | { readonly constructor: { readonly name: string } }
  readonly entity?: () => unknown
  readonly mappedBy?: string
  readonly nullable?: boolean
  readonly persist?: boolean
  readonly enum?: boolean
  readonly items?: readonly string[]
  readonly default?: unknown
  readonly defaultRaw?: string
  readonly comment?: string
  readonly index?: boolean
  readonly unique?: boolean
  readonly length?: number
  readonly createForeignKeyConstraint?: boolean
}
/** Of a property as a module writes it, which may be a function because models refer to each other. */
export function optionsOf(builder: any): BuilderOptions {
  return (typeof builder === 'function' ? builder() : builder)['~options']
}

/** Undefined where a column keeps it; else what the type is called. */
export function unknownType(options: BuilderOptions): string | undefined {
  const name = typeNameOf(options)
  return options.entity || options.enum || name in scalarTypes ? undefined : name.replace(/Type$/, '')
}

export function scalarType(options: BuilderOptions): ScalarType {
  if (options.enum) return 'enum'
  if (isTranslated(options)) return 'translated'
  return scalarTypes[typeNameOf(options)] ?? 'json'
}

/** Several lines, or more. */
export function isLong(options: BuilderOptions): boolean {
  return isTranslated(options) ? options.comment === 'translated text' : scalarType(options) === 'text'
}

const scalarTypes: Readonly<Record<string, ScalarType>> = {
  StringType: 'string',
  TextType: 'text',
  IntegerType: 'integer',
  SmallIntType: 'integer',
  FloatType: 'float',
  DoubleType: 'float',
  DecimalType: 'decimal',
  BooleanType: 'boolean',
  DateTimeType: 'datetime',
  DateType: 'date',
  UuidType: 'uuid',
  JsonType: 'json',
  ArrayType: 'texts',
}

function isTranslated({ comment }: BuilderOptions): boolean {
  return comment === 'translated' || comment === 'translated text'
}

function typeNameOf({ type }: BuilderOptions): string {
  return (typeof type === 'function' ? (type as { name: string }).name : type?.constructor.name) ?? ''
}
