export interface AccountFailures {
  'already-inactive': { readonly username: string }
}

export const ACCOUNT_EXAMPLES: AccountFailures = { 'already-inactive': { username: 'syam' } }
