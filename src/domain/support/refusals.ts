/** How the core refuses what concerns the support chat. */
export interface SupportRefusals {
  'taken-by': { readonly username: string }
}

export const SUPPORT_SAMPLES: SupportRefusals = { 'taken-by': { username: 'sam' } }
