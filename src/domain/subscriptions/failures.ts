export interface SubscriptionFailures {
  'no-such-subscription': null
  'ends-before-it-starts': null
}

export const SUBSCRIPTION_EXAMPLES: SubscriptionFailures = { 'no-such-subscription': null, 'ends-before-it-starts': null }
