/** How the core refuses what concerns the support chat. */
export interface SupportFailures {
  'taken-by': { readonly username: string }
}

export const SUPPORT_EXAMPLES: SupportFailures = { 'taken-by': { username: 'sam' } }
