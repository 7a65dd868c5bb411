import { CITIES, CLIENT_REGIONS, DATABASE_REGIONS, type DatabaseRegion, type Region } from './distances.ts'
import { GATE, type Rules, TODAY, WRONG_DESIGNS } from './rules.ts'
import { ReplicaWorld } from './world.ts'

/** Runs the gate in worlds with faults, and measures what it saves in worlds without. */

interface HistoryResult {
  readonly violation: string | null
  readonly reads: number
  readonly fromReplicas: number
  readonly revokedRequests: number
  readonly answered: number
  readonly unanswered: number
}

/** One world with faults, until so many reads were answered or one of them was wrong. */
const checkHistory = async (seed: number, rules: Rules, reads: number): Promise<HistoryResult> => {
  const world = new ReplicaWorld(seed, { rules, primary: 'weur', hasFaults: true, paceMs: 15, atHome: 0.6, people: 200 })
  await world.live(reads)
  world.close()
  const { history, answered, unanswered, fromReplicas, scheduler } = world
  return {
    violation: scheduler.violation?.message ?? null,
    reads: history.reads,
    fromReplicas,
    revokedRequests: history.revokedRequests,
    answered,
    unanswered,
  }
}

const quantile = (sorted: readonly number[], share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)

interface Latencies {
  readonly p50: number
  readonly p95: number
}

/** People who read from where they live, about once in a minute each. Nothing fails. The first reads, for which the gates have no bookmark, count too. */
const measureReads = async (primary: DatabaseRegion, rules: Rules, reads: number): Promise<ReadonlyMap<Region, Latencies>> => {
  const world = new ReplicaWorld(1, { rules, primary, hasFaults: false, paceMs: 2000, atHome: 0.97, people: 40 })
  await world.live(reads)
  world.close()
  return new Map(
    CLIENT_REGIONS.map((region) => {
      const sorted = (world.durations.get(region) ?? []).toSorted((a, b) => a - b)
      return [region, { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }]
    }),
  )
}

/** A line for each region of clients: p50 and p95 in milliseconds, today and with the gate. */
const tableFor = async (primary: DatabaseRegion, reads: number): Promise<string[]> => {
  const [today, gate] = [await measureReads(primary, TODAY, reads), await measureReads(primary, GATE, reads)]
  const cell = (latencies: Latencies | undefined): string => `${latencies?.p50} (${latencies?.p95})`
  return CLIENT_REGIONS.map(
    (region) => `| ${CITIES[primary]} | ${CITIES[region]} | ${cell(today.get(region))} | ${cell(gate.get(region))} |`,
  )
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** The rules of a wrong design by its name; null if there is none. */
export const wrongDesign = (name: string): Rules | null => Object.entries(WRONG_DESIGNS).find(([known]) => known === name)?.[1] ?? null

/** Prints the first answer that no single copy could have given. False if there is one. */
export const simulateReplicas = async (seed: number, rules: Rules, reads: number): Promise<boolean> => {
  const { violation, ...counts } = await checkHistory(seed, rules, reads)
  if (violation !== null) print(`Found with seed ${seed}: ${violation}`)
  print(
    `${counts.reads} reads, ${counts.fromReplicas} of them from replicas; ${counts.revokedRequests} requests with a revoked credential; ${counts.answered} requests answered, ${counts.unanswered} not; seed ${seed}`,
  )
  return violation === null
}

/** False if there is no such region. */
export const printLatencies = async (name: string, reads: number): Promise<boolean> => {
  const primary = DATABASE_REGIONS.find((region) => region === name)
  if (!primary) return false
  print('| primary | reader | today: p50 (p95) ms | with the gate: p50 (p95) ms |')
  print('| --- | --- | --- | --- |')
  for (const line of await tableFor(primary, reads)) print(line)
  return true
}
