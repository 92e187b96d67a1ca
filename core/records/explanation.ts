/** Why somebody may do something or may not, as plain data: what the doors show, in words of their own. */

export interface ExplanationAsk {
  /** The id of the user. */
  readonly user: string
  /** A verb, or the name of an action of the model; without a model, a named right. */
  readonly verb: string
  /** The name of the model; empty for a named right, which belongs to none. */
  readonly model: string
  /** The id of a record. Without one it is about all of them. */
  readonly record?: string | undefined
  /** The name of a field: may the verb touch it? */
  readonly field?: string | undefined
  /** BCP 47: whose labels of records. */
  readonly locale?: string | undefined
}

export interface Explanation {
  /** What the rules say. Whether the record is in a state for it says `state`. */
  readonly allowed: boolean
  readonly reason: Reason
  readonly user: { readonly id: string; readonly name: string; readonly email: string | null; readonly active: boolean }
  readonly verb: string
  /** Empty of a named right. */
  readonly model: string
  readonly record: { readonly id: string; readonly label: string } | null
  /** Of a question without a record: what the rules leave. */
  readonly reach: 'every' | 'some' | 'none'
  /** Those that he was given first, then what they include. */
  readonly roles: readonly HeldRole[]
  /** Every rule of these roles about the verb and the model, in the order in which they count: the last one that holds decides. */
  readonly rules: readonly ExplainedRule[]
  /** The number of the rule that comes nearest to allowing it, when none does. */
  readonly closest: number | null
  /** Records that this one belongs to; he must be able to read them too. */
  readonly within: readonly ClauseTruth[]
  /** Whether he may read the record at all: nobody changes what he does not see. Null without a record. */
  readonly readable: boolean | null
  /** Whether the record's state allows it, whoever asks. Null when any state does. */
  readonly state: State | null
  /** The field that was asked for. */
  readonly field: FieldRights | null
  readonly fields: readonly FieldRights[]
  /** Rules of this deployment on the model that no longer fit, for which they allow nothing. */
  readonly broken: readonly string[]
}

/**
 * `everything`: his role may everything. `rule`: `rule` allows it. `some`: on some records. `inactive`: the user is not active.
 * `no_record`: there is no such record. `no_rule`: no role of his has a rule about it. `none_holds`: none of his rules holds.
 * `forbidden`: `rule` forbids it. `within`: it belongs to a record that he may not read. `unreadable`: he may not read it at all.
 * `field`: the record yes, this field no.
 */
export type ReasonCode =
  | 'everything'
  | 'rule'
  | 'some'
  | 'inactive'
  | 'no_record'
  | 'no_rule'
  | 'none_holds'
  | 'forbidden'
  | 'within'
  | 'unreadable'
  | 'field'
export interface Reason {
  readonly code: ReasonCode
  /** The number of the rule that decides, where one does. */
  readonly rule: number | null
}

export interface HeldRole {
  readonly name: string
  readonly label: string
  /** The roles through which he has it, the one that he was given first; empty for one that he was given. */
  readonly via: readonly string[]
  /** Everything, without a rule. */
  readonly everything: boolean
}

export interface ExplainedRule {
  readonly number: number
  readonly role: string
  readonly via: readonly string[]
  /** The module that declares it; empty for one of this deployment. */
  readonly module: string
  /** Written or changed in this deployment. */
  readonly local: boolean
  /** The role may everything: no rule in itself, but the first to count. */
  readonly everything: boolean
  readonly cannot: boolean
  readonly verbs: readonly string[]
  readonly fields: readonly string[] | null
  /** As JSON has it; null for every record. */
  readonly where: object | null
  /** Null without a record. */
  readonly holds: boolean | null
  /** The condition taken apart; null for every record. */
  readonly clause: ClauseTruth | null
}

/** A clause with its answer from the database. */
export type ClauseTruth = JoinedTruth | RelatedTruth | ComparedTruth
export interface JoinedTruth {
  readonly kind: 'all' | 'any' | 'not'
  readonly of: readonly ClauseTruth[]
  readonly holds: boolean | null
}
/** At least one related record fits. Each clause below says by itself whether one fits it. */
export interface RelatedTruth {
  readonly kind: 'some'
  readonly path: readonly string[]
  readonly of: readonly ClauseTruth[]
  /** The labels of the related records; null where they are not known. */
  readonly related: readonly string[] | null
  readonly holds: boolean | null
}
export interface ComparedTruth {
  readonly kind: 'is'
  /** From the model of the nearest `some` above it, else from that of the record. */
  readonly path: readonly string[]
  readonly operator: string
  readonly wanted: {
    /** As the rule has it; a placeholder is `{ placeholder: … }`. */
    readonly source: unknown
    /** What that is for this user; null for a placeholder that is empty for him, so that the clause holds for no record. */
    readonly value: unknown
    readonly empty: boolean
  }
  /** What the record has there, relations as `{ id, label }`; undefined where there is no one value. */
  readonly value?: unknown
  readonly holds: boolean | null
}

export interface State {
  readonly fits: boolean | null
  /** `when`: the action asks for a state. `append_only`: records of the model are kept as they were written. */
  readonly code: 'when' | 'append_only'
  readonly clause: ClauseTruth | null
}

export interface FieldRights {
  readonly name: string
  readonly read: FieldRight
  /** In a new record when that is what was asked, else in one that is there. */
  readonly write: FieldRight
  /** Kept by the system: nobody writes it. */
  readonly kept: boolean
  /** The actions that change it; what those do, whoever may do them does. */
  readonly through: readonly string[]
}
export interface FieldRight {
  /** Always, never, or on some records. */
  readonly may: boolean | 'where'
  /** On this record; null without one. */
  readonly here: boolean | null
  /** The rule that decides on this record, by its number among those about reading or writing. */
  readonly rule: { readonly number: number; readonly role: string; readonly module: string; readonly cannot: boolean } | null
}

export interface WhoMay {
  /** Up to 50 of them, those of the smallest circles first. */
  readonly users: readonly { readonly id: string; readonly name: string; readonly email: string | null }[]
  /** How many may in all. */
  readonly total: number
}
