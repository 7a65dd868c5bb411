/** The ways of telling somebody, as the object that uses them sees them. */
export type { Carriers, Message, Outcome } from '../../providers/carrier.ts'
