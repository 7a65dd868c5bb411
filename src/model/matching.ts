export const MATCH_STATUSES = ['accepted', 'pending'] as const

export type MatchStatus = (typeof MATCH_STATUSES)[number]

export interface Match {
  readonly accountId: number
  readonly score: number
  readonly status: MatchStatus
}

export interface Preference {
  readonly createdAt: number
  readonly updatedAt: number
  readonly accountId: number
  readonly gender: string | null
  readonly caste: readonly string[] | null
  readonly religion: readonly string[] | null
  readonly profession: readonly string[] | null
  readonly education: readonly string[] | null
  readonly location: readonly string[] | null
  readonly language: readonly string[] | null
  readonly ageMin: number | null
  readonly ageMax: number | null
  readonly heightMin: number | null
  readonly heightMax: number | null
  readonly weightMin: number | null
  readonly weightMax: number | null
  readonly incomeMin: number | null
  readonly incomeMax: number | null
  readonly maritalStatus: string | null
}

type PreferenceFields = Omit<Preference, 'accountId' | 'createdAt' | 'updatedAt'>

/** What a member looks for. Fields that are missing or undefined stay unchanged; null means "any". */
export type PreferenceChanges = { readonly [K in keyof PreferenceFields]?: PreferenceFields[K] | undefined }

/** The fields of a preference that have a lower and an upper bound in it. */
type RangeField = 'height' | 'weight' | 'income'
/** The fields of which a preference lists the accepted values. */
type ListField = 'profession' | 'education' | 'location' | 'language' | 'religion' | 'caste'
/** The fields that a profile and a preference have once each. */
type EqualField = 'gender' | 'maritalStatus'

/**
 * One factor of the score of a profile against a preference: the points if the profile matches, the penalty if it does not.
 * A field that is empty in either of them does not match.
 */
export type MatchFactor = { readonly points: number; readonly penalty: number } & (
  | { readonly type: 'equal'; readonly field: EqualField }
  | { readonly type: 'age' }
  | { readonly type: 'range'; readonly field: RangeField }
  | { readonly type: 'list'; readonly field: ListField }
)

const FACTORS: readonly MatchFactor[] = [
  { type: 'equal', field: 'gender', points: 10, penalty: 0 },
  { type: 'age', points: 20, penalty: -10 },
  { type: 'range', field: 'height', points: 15, penalty: -7 },
  { type: 'range', field: 'weight', points: 10, penalty: -5 },
  { type: 'range', field: 'income', points: 15, penalty: -7 },
  { type: 'list', field: 'profession', points: 10, penalty: -5 },
  { type: 'list', field: 'education', points: 10, penalty: -5 },
  { type: 'list', field: 'location', points: 10, penalty: -5 },
  { type: 'list', field: 'language', points: 5, penalty: -2 },
  { type: 'equal', field: 'maritalStatus', points: 5, penalty: -2 },
]

/**
 * Lists in a preference and single values in a profile, which are never equal: they count as not matched, unless a setting
 * enables list matching.
 */
const LIST_FACTORS: readonly MatchFactor[] = [
  { type: 'list', field: 'religion', points: 5, penalty: -2 },
  { type: 'list', field: 'caste', points: 5, penalty: -2 },
]

export interface MatchRule {
  readonly factors: readonly MatchFactor[]
  readonly listFactors: readonly MatchFactor[]
  /** The sum of points that counts as 100 percent. */
  readonly maxPoints: number
  /** From this score on a match is accepted. Below it is pending. */
  readonly acceptedFrom: number
  /** Only higher scores are listed. */
  readonly listedAbove: number
}

export const MATCH_RULE: MatchRule = { factors: FACTORS, listFactors: LIST_FACTORS, maxPoints: 120, acceptedFrom: 70, listedAbove: 0 }
