export type MatchStatus = 'accepted' | 'pending'

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

export type PreferenceFields = Omit<Preference, 'accountId' | 'createdAt' | 'updatedAt'>

/** What a member looks for. Fields that are missing or undefined stay unchanged; null means "any". */
export type PreferenceChanges = { readonly [K in keyof PreferenceFields]?: PreferenceFields[K] | undefined }
