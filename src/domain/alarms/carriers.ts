/** The carriers, re-exported for the Durable Object that uses them. */
export type { Carriers, Message, Outcome } from '../../providers/carrier.ts'
