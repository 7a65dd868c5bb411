/** Failures of plans and RSVPs. */
export interface PlanFailures {
  'invalid-id': null
  'plan-not-found': null
  'may-not-edit-plan': null
  'may-not-delete-plan': null
  'ends-before-start': null
  /** The plan already has more RSVPs than the new capacity; `taken` is their number. */
  'capacity-below-rsvps': { readonly taken: number }
  'rsvp-exists': null
  'plan-full': null
  'rsvp-not-found': null
  'may-not-delete-rsvp': null
}

export const PLAN_EXAMPLES: PlanFailures = {
  'invalid-id': null,
  'plan-not-found': null,
  'may-not-edit-plan': null,
  'may-not-delete-plan': null,
  'ends-before-start': null,
  'capacity-below-rsvps': { taken: 2 },
  'rsvp-exists': null,
  'plan-full': null,
  'rsvp-not-found': null,
  'may-not-delete-rsvp': null,
}
