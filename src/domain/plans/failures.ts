/** Why a plan, or an answer to one, is not to be had. */
export interface PlanFailures {
  'invalid-id': null
  'plan-not-found': null
  'may-not-edit-plan': null
  'may-not-delete-plan': null
  'ends-before-start': null
  /** More people have a seat already than the plan would have. */
  'too-few-seats': { readonly taken: number }
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
  'too-few-seats': { taken: 2 },
  'rsvp-exists': null,
  'plan-full': null,
  'rsvp-not-found': null,
  'may-not-delete-rsvp': null,
}
