/** What a design of the gate does. docs/adr/0023-read-replicas-behind-a-gate.md explains why each rule is needed. */
export interface Rules {
  /** Reads that the gate has a bookmark for go to the nearest replica. Without: all go to the primary, as today. */
  readonly usesReplicas: boolean
  /** A write whose bookmark could not be left at a gate is not answered as done. */
  readonly writesWaitForGates: boolean
  /** A read leaves the bookmark of what it has seen before it is answered. */
  readonly leavesReads: boolean
  /** A read whose bookmark could not be left is not answered. */
  readonly readsWaitForGate: boolean
  /** What concerns two people leaves its bookmark at both gates. */
  readonly leavesAtBothGates: boolean
  /** A gate that was lost takes only bookmarks of those who had asked it since. */
  readonly checksEpoch: boolean
}

export const GATE: Rules = {
  usesReplicas: true,
  writesWaitForGates: true,
  leavesReads: true,
  readsWaitForGate: true,
  leavesAtBothGates: true,
  checksEpoch: true,
}

/** Every query goes to the primary. */
export const TODAY: Rules = { ...GATE, usesReplicas: false, writesWaitForGates: false, leavesReads: false, leavesAtBothGates: false }

/** Designs that are wrong, by what they leave out. */
export const WRONG_DESIGNS = {
  'one-gate-of-two': { ...GATE, leavesAtBothGates: false },
} as const satisfies Readonly<Record<string, Rules>>
