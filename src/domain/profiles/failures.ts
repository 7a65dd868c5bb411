export interface ProfileFailures {
  'profile-exists': { readonly accountId: number }
  'no-profile': null
}

export const PROFILE_EXAMPLES: ProfileFailures = { 'profile-exists': { accountId: 16 }, 'no-profile': null }
