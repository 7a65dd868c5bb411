import type { DatabaseFaults } from '../platform/database.ts'
import type { CallFate, NetworkFaults } from '../platform/network.ts'
import type { PlatformFaults } from '../platform/object-instance.ts'
import type { Random } from '../platform/random.ts'

/** The kinds of faults. Each world has some of them, so that each is seen alone and together with others. */
export const FAULTS = [
  'lost-writes',
  'crashes',
  'hibernation',
  'lost-requests',
  'lost-responses',
  'repeated-calls',
  'slow-network',
  'broken-lines',
  'clocks',
  'late-alarms',
  'repeated-alarms',
  'database',
  'stopped-isolates',
  'silent-providers',
  'failing-providers',
] as const

export type Fault = (typeof FAULTS)[number]

/** Every sixth world has no faults at all: there, everything has to happen in time. */
const CALM = 1 / 6

const SECOND = 1000

/** What goes wrong in one world. `stop` ends it, so that the world can come to rest. */
export class Faults implements PlatformFaults, NetworkFaults {
  readonly kinds: ReadonlySet<Fault>
  readonly #random: Random
  /** How often each kind happens. */
  readonly #rates = new Map<Fault, number>()
  /** How often each kind has happened. */
  readonly counts = new Map<Fault, number>()
  #isOver = false

  constructor(random: Random) {
    this.#random = random
    const isCalm = random.chance(CALM)
    const share = random.between(0.15, 0.7)
    this.kinds = new Set(isCalm ? [] : FAULTS.filter(() => random.chance(share)))
    for (const kind of this.kinds) this.#rates.set(kind, random.pick([0.2, 0.5, 1, 2]))
  }

  get isCalm(): boolean {
    return this.kinds.size === 0
  }

  stop(): void {
    this.#isOver = true
  }

  /** `probability` is what the kind has on average. */
  happens(kind: Fault, probability: number): boolean {
    const happens = !this.#isOver && this.#random.chance(probability * (this.#rates.get(kind) ?? 0))
    if (happens) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    return happens
  }

  latency(): number {
    const ms = this.#random.between(1, 20)
    return this.happens('slow-network', 0.05) ? ms + this.#random.between(0, 8 * SECOND) : ms
  }

  repeatLatency(): number {
    return this.#random.chance(0.5) ? this.latency() : this.#random.between(0, 15 * SECOND)
  }

  writeTime(): number {
    return this.#random.between(1, 10)
  }

  diesBeforeWrite(): boolean {
    return this.happens('lost-writes', 0.01)
  }

  timeUntilDeath(): number {
    return this.#random.chance(0.5) ? 0 : this.#random.between(0, 2 * SECOND)
  }

  alarmDelay(): number {
    if (this.happens('late-alarms', 0.3)) return this.#random.between(0, 20 * SECOND)
    return this.#random.between(0, 5)
  }

  repeatsAlarm(): boolean {
    return this.happens('repeated-alarms', 0.05)
  }

  timeUntilLossIsNoticed(): number {
    return this.#random.chance(0.7) ? this.#random.between(0, 100) : this.#random.between(0, 90 * SECOND)
  }

  clockOffset(): number {
    if (!this.kinds.has('clocks') || this.#isOver) return 0
    return this.#random.chance(0.7) ? this.#random.between(-50, 50) : this.#random.between(-5 * SECOND, 60 * SECOND)
  }

  fateOf(_method: string): CallFate {
    if (this.happens('lost-requests', 0.03)) return 'request-lost'
    if (this.happens('lost-responses', 0.03)) return 'response-lost'
    return this.happens('repeated-calls', 0.03) ? 'arrives-twice' : 'arrives'
  }

  timeUntilError(): number {
    return this.#random.chance(0.8) ? this.#random.between(10, 200) : this.#random.between(0, 20 * SECOND)
  }

  timeUntilStop(): number | null {
    return this.happens('stopped-isolates', 0.05) ? this.#random.between(0, 150) : null
  }

  database(): DatabaseFaults {
    return {
      latency: () => (this.happens('database', 0.05) ? this.#random.between(0, 6 * SECOND) : this.#random.between(2, 40)),
      fate: () => {
        if (this.happens('database', 0.05)) return 'fails'
        return this.happens('database', 0.03) ? 'answer-lost' : 'answers'
      },
    }
  }
}
