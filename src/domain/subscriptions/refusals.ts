export interface SubscriptionRefusals {
  'no-such-subscription': null
  'ends-before-it-starts': null
}

export const SUBSCRIPTION_SAMPLES: SubscriptionRefusals = { 'no-such-subscription': null, 'ends-before-it-starts': null }
