import type { PlantedFault } from '../planted-faults.ts'

export interface GateFault extends PlantedFault {
  /** How many reads of that world are enough to find it. */
  readonly reads: number
}

/** Faults of the gates, which `npm run simulate -- --replicas --fault <name>` has to find. */
export const GATE_FAULTS: readonly GateFault[] = [
  {
    name: 'bookmark-after-the-answer',
    seed: 1,
    reads: 1000,
    edits: [
      {
        file: 'rpc/gates.ts',
        from: `      await leave(point)
      return result`,
        to: `      leave(point).catch(() => undefined)
      return result`,
      },
    ],
  },
  {
    name: 'gate-of-the-second-person-forgotten',
    seed: 4,
    reads: 1000,
    edits: [{ file: 'domain/messaging.ts', from: `    context.gates.concern(receiverId)\n`, to: '' }],
  },
  {
    name: 'timed-out-gate-counts-as-fresh',
    seed: 1,
    reads: 1000,
    edits: [{ file: 'rpc/gates.ts', from: `      if (!answer) return\n`, to: `      if (!answer) return void (point.from = '0')\n` }],
  },
  {
    name: 'revocation-not-at-the-gate',
    seed: 1,
    reads: 3000,
    edits: [
      {
        file: 'store/replicated-database.ts',
        from: `      if (bookmark !== null &&`,
        to: `      if (statements.some(({ sql }) => sql.startsWith('delete from "credentials"'))) return result
      if (bookmark !== null &&`,
      },
    ],
  },
  {
    name: 'unreachable-gate-is-ignored',
    seed: 5,
    reads: 3000,
    edits: [{ file: 'rpc/gates.ts', from: `if (!point.isUrgent) throw`, to: `if (point.isUrgent) throw` }],
  },
  {
    name: 'any-replica-answers',
    seed: 4,
    reads: 1000,
    edits: [
      { file: 'store/replicated-database.ts', from: `const start = point.seen ?? point.from`, to: `const start = 'first-unconstrained'` },
    ],
  },
  {
    name: 'an-older-bookmark-replaces-a-newer-one',
    seed: 1,
    reads: 4000,
    edits: [
      {
        file: 'durable/account-gate.ts',
        from: `row.bookmark !== null && row.bookmark > bookmark ? row.bookmark : bookmark`,
        to: `bookmark`,
      },
    ],
  },
  {
    name: 'reads-from-replicas-are-not-left',
    seed: 1,
    reads: 1000,
    edits: [{ file: 'rpc/gates.ts', from: `opened.bookmark === seen)`, to: `opened.bookmark !== null)` }],
  },
]
