export interface Rsvp {
  readonly id: string
  readonly planId: string
  readonly accountId: number
  readonly createdAt: number
}

/** An RSVP with the object id of its account. */
export interface RsvpView {
  readonly id: string
  readonly planId: string
  readonly userId: string
  readonly createdAt: number
}
