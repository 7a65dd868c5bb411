/** A failure as one dialect says it: the whole of what goes over the wire. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>> | null
  readonly headers?: Readonly<Record<string, string>>
}
