import { CITIES, CLIENT_REGIONS, type DatabaseRegion, type Region } from './distances.ts'
import { live } from './life.ts'
import { ReplicaWorld } from './world.ts'

/** Runs the gates in worlds with faults, and measures what they save in worlds without. */

const quantile = (sorted: readonly number[], share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)

interface Latencies {
  readonly p50: number
  readonly p95: number
}

/** People who read from where they live, about once in a minute each. Nothing fails. The first reads, for which the gates have no bookmark, count too. */
const measureReads = async (
  primary: DatabaseRegion,
  hasReplicas: boolean,
  reads: number,
): Promise<{ readonly latencies: ReadonlyMap<Region, Latencies>; readonly violation: Error | null }> => {
  const world = new ReplicaWorld(1, { hasReplicas, primary, hasFaults: false, paceMs: 2000, atHome: 0.97, people: 40 })
  await live(world, reads)
  world.close()
  const latencies = new Map(
    CLIENT_REGIONS.map((region) => {
      const sorted = (world.durations.get(region) ?? []).toSorted((a, b) => a - b)
      return [region, { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }]
    }),
  )
  return { latencies, violation: world.scheduler.violation }
}

/** A line for each region of clients: p50 and p95 in milliseconds, today and with the gate. */
const tableFor = async (primary: DatabaseRegion, reads: number): Promise<string[]> => {
  const [today, gate] = [await measureReads(primary, false, reads), await measureReads(primary, true, reads)]
  const violation = today.violation ?? gate.violation
  if (violation) throw violation
  const cell = (latencies: Latencies | undefined): string => `${latencies?.p50} (${latencies?.p95})`
  return CLIENT_REGIONS.map(
    (region) => `| ${CITIES[primary]} | ${CITIES[region]} | ${cell(today.latencies.get(region))} | ${cell(gate.latencies.get(region))} |`,
  )
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** One world with faults, until so many reads were answered or one of them was wrong. False if one was: it is printed. */
export const simulateReplicas = async (seed: number, reads: number): Promise<boolean> => {
  const world = new ReplicaWorld(seed, { hasReplicas: true, primary: 'weur', hasFaults: true, paceMs: 15, atHome: 0.6, people: 200 })
  await live(world, reads)
  world.close()
  const { history, answered, unanswered, fromReplicas, scheduler } = world
  if (scheduler.violation) print(`Found with seed ${seed}: ${scheduler.violation.message}`)
  print(
    `${history.reads} reads, ${fromReplicas} of them from replicas; ${history.revokedRequests} requests with a revoked credential, ${history.rejectedRequests} rejected; ${answered} requests answered, ${unanswered} not; seed ${seed}`,
  )
  return scheduler.violation === null
}

export const printLatencies = async (primary: DatabaseRegion, reads: number): Promise<void> => {
  print('| primary | reader | today: p50 (p95) ms | with the gate: p50 (p95) ms |')
  print('| --- | --- | --- | --- |')
  for (const line of await tableFor(primary, reads)) print(line)
}
