export interface ProfileRefusals {
  'profile-exists': { readonly accountId: number }
  'no-profile': null
}

export const PROFILE_SAMPLES: ProfileRefusals = { 'profile-exists': { accountId: 16 }, 'no-profile': null }
