import { logIn } from './cases.ts'
import { type Ask, agentOf, expectStatus, percentile, send } from './load.ts'
import { CONNECTIONS } from './measure.ts'
import type { Served } from './runtime.ts'
import type { Town } from './town.ts'

/** What everybody else waits for while people log in as fast as they can. */

interface Crowded {
  readonly logInsPerSecond: number
  readonly logInP50: number
  readonly quiet: Waits
  readonly crowded: Waits
}

interface Waits {
  readonly p50: number
  readonly p99: number
}

/** So many a second, whether those before have their answers or not: who comes does not wait for who came. */
const OTHERS_PER_SECOND = 50

const waitsOf = (latencies: readonly number[]): Waits => ({ p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) })

const others = async ({ target }: Served, { people: [somebody] }: Town, seconds: number): Promise<Waits> => {
  const agent = agentOf(64)
  const ask: Ask = { method: 'GET', path: '/user-details/', headers: { Authorization: `Token ${somebody.token}` } }
  const latencies: number[] = []
  const one = async () => {
    const sent = performance.now()
    const answer = await send(target, agent, ask)
    latencies.push(performance.now() - sent)
    expectStatus(answer, 200, ask, target)
  }
  const from = performance.now()
  const under: Promise<void>[] = []
  for (let n = 0; n < OTHERS_PER_SECOND * seconds; n++) {
    const due = from + (n * 1000) / OTHERS_PER_SECOND - performance.now()
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due))
    under.push(one())
  }
  await Promise.all(under)
  agent.destroy()
  return waitsOf(latencies)
}

export const measureLogIns = async (served: Served, town: Town, seconds: number): Promise<Crowded> => {
  await others(served, town, 1)
  const quiet = await others(served, town, seconds)

  const agent = agentOf(CONNECTIONS)
  const latencies: number[] = []
  let isOver = false
  let n = 0
  const from = performance.now()
  const crowd = Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (!isOver) {
        const ask = logIn(town, n++)
        const sent = performance.now()
        const answer = await send(served.target, agent, ask)
        expectStatus(answer, 200, ask, served.target)
        if (!isOver) latencies.push(performance.now() - sent)
      }
    }),
  )
  const crowded = await others(served, town, seconds)
  isOver = true
  const logInsPerSecond = latencies.length / ((performance.now() - from) / 1000)
  await crowd
  agent.destroy()
  return { logInsPerSecond, logInP50: percentile(latencies, 0.5), quiet, crowded }
}
