/** One event, or one measured request, for the operator's statistics. It names no person. */
export interface DataPoint {
  readonly name: 'request' | 'log-in' | 'alarm' | 'delivery' | 'chat-message'
  readonly labels: readonly string[]
  readonly values?: readonly number[]
}
