import type { Case } from './cases.ts'
import { agentOf, load, median, percentile, type Sample } from './load.ts'

export const CONNECTIONS = 16
const FEWEST = 8

/** What one side came to in one case. Milliseconds, and bytes of a body. */
export interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly cpuPer1000: number
  readonly bytes: number
}

export interface Measured {
  readonly name: string
  readonly sides: Readonly<Record<string, Figures>>
}

const figuresOf = (samples: readonly Sample[]): Figures => {
  const latencies = samples.flatMap((sample) => sample.latencies)
  return {
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuPer1000: median(samples.map(({ cpuPer1000 }) => cpuPer1000)),
    bytes: median(samples.map(({ bytes }) => bytes)),
  }
}

/** How long it is measured: rounds, and which part of a case's requests each has. */
export interface Effort {
  readonly rounds: number
  readonly part: number
}

/**
 * Round by round, every side in turn and each round in another order, so that what else the machine does favours nobody;
 * and before that a part of a round that does not count, for the compilers.
 */
export const measure = async ({ name, count, contestants }: Case, { rounds, part }: Effort): Promise<Measured> => {
  const agent = agentOf(CONNECTIONS)
  const samples = new Map<string, Sample[]>()
  const run = async (index: number, requests: number): Promise<void> => {
    const contestant = contestants[index % contestants.length]
    if (!contestant) return
    const { side, served, status, asks } = contestant
    const sample = await load(served, agent, { connections: CONNECTIONS, asks: await asks(requests), status })
    if (requests === each) samples.set(side, [...(samples.get(side) ?? []), sample])
  }
  const each = Math.max(FEWEST, Math.round(count * part))
  for (const index of contestants.keys()) await run(index, Math.ceil(each / 4))
  for (let round = 0; round < rounds; round++) for (const index of contestants.keys()) await run(index + round, each)
  agent.destroy()
  return { name, sides: Object.fromEntries([...samples].map(([side, taken]) => [side, figuresOf(taken)])) }
}
