export interface AccountRefusals {
  'already-inactive': { readonly username: string }
}

export const ACCOUNT_SAMPLES: AccountRefusals = { 'already-inactive': { username: 'syam' } }
