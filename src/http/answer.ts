/** A failure as one dialect errorResponse it: the whole of what goes over the wire. */
export interface Answer {
  readonly status: number
  /** A list only where the request was one. */
  readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | null
  readonly headers?: Readonly<Record<string, string>>
}
