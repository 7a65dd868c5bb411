import type { Case } from './cases.ts'
import { agentOf, load, median, percentile, type Sample } from './load.ts'

export const CONNECTIONS = 16
const MIN_REQUESTS = 8

/** The figures of one server in one case: milliseconds, and bytes of a response body. */
export interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly cpuPer1000: number
  readonly bytes: number
}

export interface CaseResult {
  readonly name: string
  readonly servers: Readonly<Record<string, Figures>>
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

/** The length of a measurement: the number of rounds, and the fraction of a case's requests in each round. */
export interface Effort {
  readonly rounds: number
  readonly fraction: number
}

/**
 * Measures all servers in each round, and in another order each time, so that other load on the machine affects all servers
 * equally. A shorter warm-up round for the JIT compilers comes first and is not counted.
 */
export const measure = async ({ name, count, servers }: Case, { rounds, fraction }: Effort): Promise<CaseResult> => {
  const agent = agentOf(CONNECTIONS)
  const samples = new Map<string, Sample[]>()
  const run = async (index: number, requestCount: number): Promise<void> => {
    const caseServer = servers[index % servers.length]
    if (!caseServer) return
    const { server, served, status, nextRequests } = caseServer
    const sample = await load(served, agent, { connections: CONNECTIONS, requests: await nextRequests(requestCount), status })
    if (requestCount === perRound) samples.set(server, [...(samples.get(server) ?? []), sample])
  }
  const perRound = Math.max(MIN_REQUESTS, Math.round(count * fraction))
  for (const index of servers.keys()) await run(index, Math.ceil(perRound / 4))
  for (let round = 0; round < rounds; round++) for (const index of servers.keys()) await run(index + round, perRound)
  agent.destroy()
  return { name, servers: Object.fromEntries([...samples].map(([server, serverSamples]) => [server, figuresOf(serverSamples)])) }
}
