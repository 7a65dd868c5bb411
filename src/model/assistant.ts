export const TURN_ROLES = ['user', 'assistant'] as const

export interface Turn {
  readonly text: string
  readonly role: (typeof TURN_ROLES)[number]
}

/** A telephone or text service for people in a crisis. */
export interface CrisisLine {
  readonly country: string
  readonly name: string
  readonly contact: string
}
