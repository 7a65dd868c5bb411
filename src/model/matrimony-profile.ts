export interface MatrimonyProfile {
  readonly createdAt: number
  readonly updatedAt: number
  readonly accountId: number
  readonly gender: string
  readonly caste: string | null
  readonly religion: string | null
  readonly profession: string | null
  readonly education: string | null
  readonly location: string | null
  readonly language: string | null
  readonly maritalStatus: string | null
  readonly dateOfBirth: string | null
  readonly height: number | null
  readonly weight: number | null
  readonly income: number | null
  readonly bio: string
  readonly image: string
}

type ProfileFields = Omit<MatrimonyProfile, 'accountId' | 'image' | 'createdAt' | 'updatedAt'>

/** The fields that a member sets. Fields that are missing or undefined stay unchanged. */
export type ProfileChanges = { readonly [K in keyof ProfileFields]?: ProfileFields[K] | undefined }

export interface Picture {
  readonly name: string
  /** The new value of the account's picture, which the other contracts show. */
  readonly path: string
}
