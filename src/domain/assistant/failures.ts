import type { CrisisLine } from './crisis.ts'

/** The failure codes of the assistant. */
export interface AssistantFailures {
  'assistant-unavailable': { readonly resources: readonly CrisisLine[] }
}

export const ASSISTANT_EXAMPLES: AssistantFailures = {
  'assistant-unavailable': {
    resources: [{ country: 'United States', name: '988 Suicide & Crisis Lifeline', contact: 'Call or text 988' }],
  },
}
