import { logIn } from './cases.ts'
import type { Dataset } from './dataset.ts'
import { agentOf, expectStatus, percentile, type RequestSpec, send } from './load.ts'
import { CONNECTIONS } from './measure.ts'
import type { Served } from './runtime.ts'

/** Measures the latency of other requests while as many log-ins as possible run. */

interface LogInFigures {
  readonly logInsPerSecond: number
  readonly logInP50: number
  /** Other requests without log-ins. */
  readonly idle: Latencies
  /** Other requests during the log-ins. */
  readonly loaded: Latencies
}

interface Latencies {
  readonly p50: number
  readonly p99: number
}

/** An open workload: requests start at this rate, whether earlier ones have their responses or not. */
const OTHERS_PER_SECOND = 50

const latenciesOf = (latencies: readonly number[]): Latencies => ({ p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) })

const measureOthers = async ({ target }: Served, { people: [person] }: Dataset, seconds: number): Promise<Latencies> => {
  const agent = agentOf(64)
  const spec: RequestSpec = { method: 'GET', path: '/user-details/', headers: { Authorization: `Token ${person.token}` } }
  const latencies: number[] = []
  const sendOne = async () => {
    const sentAt = performance.now()
    const response = await send(target, agent, spec)
    latencies.push(performance.now() - sentAt)
    expectStatus(response, 200, spec, target)
  }
  const startedAt = performance.now()
  const pending: Promise<void>[] = []
  for (let n = 0; n < OTHERS_PER_SECOND * seconds; n++) {
    const delay = startedAt + (n * 1000) / OTHERS_PER_SECOND - performance.now()
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
    pending.push(sendOne())
  }
  await Promise.all(pending)
  agent.destroy()
  return latenciesOf(latencies)
}

export const measureLogIns = async (served: Served, dataset: Dataset, seconds: number): Promise<LogInFigures> => {
  await measureOthers(served, dataset, 1)
  const idle = await measureOthers(served, dataset, seconds)

  const agent = agentOf(CONNECTIONS)
  const latencies: number[] = []
  let isDone = false
  let n = 0
  const startedAt = performance.now()
  const logIns = Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (!isDone) {
        const spec = logIn(dataset, n++)
        const sentAt = performance.now()
        const response = await send(served.target, agent, spec)
        expectStatus(response, 200, spec, served.target)
        if (!isDone) latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const loaded = await measureOthers(served, dataset, seconds)
  isDone = true
  const logInsPerSecond = latencies.length / ((performance.now() - startedAt) / 1000)
  await logIns
  agent.destroy()
  return { logInsPerSecond, logInP50: percentile(latencies, 0.5), idle, loaded }
}
