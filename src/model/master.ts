/** The lists that a profile and a preference take their values from. */
export const MASTER_TYPES = ['gender', 'caste', 'religion', 'profession', 'education', 'location', 'language', 'marital_status'] as const

export type MasterTypeName = (typeof MASTER_TYPES)[number]

export interface MasterType {
  readonly id: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly type: MasterTypeName
}

export interface MasterValue {
  readonly id: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly typeId: number
  readonly value: string
  readonly code: string
}

/** A value's code is the prefix of its type and a number: `GE001`. */
export interface CodeRule {
  /** A prefix is the first letters of the type, in capitals. */
  readonly prefixLength: number
  /** Prefixes of types that are not formed in this way. They have the same length. */
  readonly otherPrefixes: Readonly<Partial<Record<MasterTypeName, string>>>
  /** The number is padded with zeros to this length. */
  readonly digits: number
}

export const MASTER_CODES: CodeRule = { prefixLength: 2, otherPrefixes: { marital_status: 'MS' }, digits: 3 }

export interface NewMasterValue {
  readonly typeId: number
  readonly value: string
}

export interface MasterValueProblem {
  readonly noSuchType: boolean
  readonly taken: boolean
}

/** A value that a profile or preference uses, with the master type that it must belong to. */
export interface Choice {
  readonly type: MasterTypeName
  readonly value: string
}

/** What a profile or a preference has for each type: one value or several. */
type Chosen = { readonly [T in MasterTypeName]?: string | readonly string[] | null | undefined }

/** The values that must exist in a master list, each with the name of that list. */
export const choicesIn = (chosen: Chosen): Choice[] =>
  MASTER_TYPES.flatMap((type) => {
    const value = chosen[type] || []
    return (typeof value === 'string' ? [value] : value).map((choice) => ({ type, value: choice }))
  })

export type ValidValues = { readonly [T in MasterTypeName]?: readonly string[] }
