export interface Turn {
  readonly text: string
  readonly role: 'user' | 'assistant'
}

/** A telephone or text service for people in a crisis. */
export interface CrisisLine {
  readonly country: string
  readonly name: string
  readonly contact: string
}

/** A telephone number to call in an emergency or a crisis, as people write it: with spaces. */
export interface EmergencyLine {
  readonly name: string
  readonly number: string
}
