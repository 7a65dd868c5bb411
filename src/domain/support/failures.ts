/** The failure codes of the support chat. */
export interface SupportFailures {
  'already-claimed': { readonly username: string }
}

export const SUPPORT_EXAMPLES: SupportFailures = { 'already-claimed': { username: 'sam' } }
