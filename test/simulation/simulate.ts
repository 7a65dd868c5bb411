import { parseArgs } from 'node:util'
import { CliError } from '../../src/cli/cli-error.ts'
import { replaceGlobals } from './platform/globals.ts'
import { printLatencies, simulateReplicas } from './replicas/simulate.ts'
import { FAULTS, type Fault } from './world/faults.ts'
import { live } from './world/life.ts'
import { World } from './world/world.ts'

/** `npm run simulate`: runs the real rooms, desks and alarms in simulated worlds with faults, and checks what must hold. */

const USAGE = `npm run simulate [-- --minutes <number>] [--worlds <number>] [--seed <number>] [--fault <name>]
npm run simulate -- --replicas [--reads <number>] [--seed <number>] [--fault <name>] [--primary <region>]

Runs the objects of the support chat and of the alarms in small simulated worlds, one after the other, with faults that follow
from the seed: crashes, lost writes and calls, clocks that jump, providers that accept a message and do not answer.

--minutes   how long (default: 1)
--worlds    how many worlds at most
--seed      the seed of the first world; each world after it has the next one (default: from the clock)
--fault     plants a fault into the code, which the simulation has to find: test/simulation/planted-faults.ts has the names, and with
            --replicas test/simulation/replicas/planted-faults.ts
--replicas  instead: the whole Worker in eight regions, on a database with read replicas behind the gates of
            docs/adr/0023-read-replicas-behind-a-gate.md
--reads     how many reads are checked (default: 5000)
--primary   prints how long reads take if the primary is in this region (weur, eeur, enam, wnam, apac, oc)
--help      prints this

Exit code: 0 if nothing was found; 1 if something was, with the seed that repeats it; 2 if an argument is wrong.`

const PROGRESS_MS = 5000
const DEFAULT_READS = 5000

interface Options {
  /** How many reads of replicas are checked; null: rooms, desks and alarms are simulated. */
  readonly replicaReads: number | null
  /** The region whose latencies are printed. */
  readonly primary: string | null
  readonly milliseconds: number
  readonly worlds: number
  readonly seed: number
  /** platform/register.ts has planted it. */
  readonly fault: string | null
}

const numberFrom = (name: string, value: string | undefined, defaultValue: number): number => {
  const number = value === undefined ? defaultValue : Number(value)
  if (value === '' || !(number >= 0)) throw new CliError(`--${name} must be a number.\n\n${USAGE}`)
  return number
}

const optionsFrom = (): Options | null => {
  try {
    const text = { type: 'string' } as const
    const isSet = { type: 'boolean' } as const
    const { values } = parseArgs({
      options: {
        minutes: text,
        worlds: text,
        seed: text,
        fault: text,
        replicas: isSet,
        reads: text,
        primary: text,
        help: { ...isSet, short: 'h' },
      },
    })
    if (values.help) return null
    const reads = numberFrom('reads', values.reads, DEFAULT_READS)
    return {
      replicaReads: values.replicas ? reads : null,
      primary: values.primary ?? null,
      milliseconds: numberFrom('minutes', values.minutes, 1) * 60_000,
      worlds: numberFrom('worlds', values.worlds, Number.POSITIVE_INFINITY),
      seed: numberFrom('seed', values.seed, Date.now() % 1_000_000_000),
      fault: values.fault ?? null,
    }
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

class Summary {
  worlds = 0
  calmWorlds = 0
  messages = 0
  alarms = 0
  allClears = 0
  claims = 0
  steps = 0
  /** Of the last world. */
  digest = ''
  readonly #faults = new Map<Fault, number>()

  add(world: World): void {
    this.worlds++
    if (world.faults.isCalm) this.calmWorlds++
    this.messages += world.messages
    this.alarms += world.alarms.calls.length
    this.allClears += world.allClears
    this.claims += world.claims.rounds
    this.steps += world.scheduler.steps
    this.digest = world.scheduler.digest.toString(16).padStart(8, '0')
    for (const [fault, count] of world.faults.counts) this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + count)
  }

  get progress(): string {
    const [worlds, messages, alarms] = [this.worlds, this.messages, this.alarms].map((count) => count.toLocaleString('en-US'))
    return `${worlds} worlds, ${messages} messages, ${alarms} calls for help`
  }

  print(seconds: number, seed: number): void {
    const faults = FAULTS.map((fault) => `${fault} ${(this.#faults.get(fault) ?? 0).toLocaleString('en-US')}`)
    const lines = [
      `${this.progress} in ${Math.round(seconds)} s, first seed ${seed}`,
      `all-clears: ${this.allClears.toLocaleString('en-US')}; claims of two or more staff at once: ${this.claims.toLocaleString('en-US')}`,
      `steps of the scheduler: ${this.steps.toLocaleString('en-US')}; worlds without faults: ${this.calmWorlds}`,
      `faults: ${faults.join(', ')}`,
      `checksum of the last world: ${this.digest}`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}

const report = (world: World, seed: number, fault: string | null): void => {
  const kinds = world.faults.isCalm ? 'none' : [...world.faults.kinds].join(', ')
  const lines = [
    '',
    `Found with seed ${seed}: ${world.scheduler.violation?.message}`,
    `Faults of this world: ${kinds}`,
    'What happened last:',
    ...world.lines,
    '',
    `To repeat it: npm run simulate -- --seed ${seed} --worlds 1${fault === null ? '' : ` --fault ${fault}`}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Latencies if a primary is named, otherwise the history of a world. */
const runReplicas = async (seed: number, reads: number, primary: string | null): Promise<boolean> => {
  if (primary !== null) {
    if (await printLatencies(primary, reads)) return true
    throw new CliError(`There is no region ${primary}: test/simulation/replicas/distances.ts has the names.`)
  }
  return simulateReplicas(seed, reads)
}

const simulate = async ({ replicaReads, primary, milliseconds, worlds, seed, fault }: Options): Promise<void> => {
  replaceGlobals()
  if (replicaReads !== null) {
    process.exitCode = (await runReplicas(seed, replicaReads, primary)) ? 0 : 1
    return
  }
  const summary = new Summary()
  const start = performance.now()
  let shownAt = start
  for (let next = seed; summary.worlds < worlds && performance.now() - start < milliseconds; next++) {
    const world = new World(next)
    await live(world)
    summary.add(world)
    if (world.scheduler.violation) {
      report(world, next, fault)
      process.exitCode = 1
      break
    }
    world.close()
    if (performance.now() - shownAt < PROGRESS_MS) continue
    shownAt = performance.now()
    process.stderr.write(`${Math.round((shownAt - start) / 1000)} s: ${summary.progress}, up to seed ${next}\n`)
  }
  summary.print((performance.now() - start) / 1000, seed)
}

try {
  const options = optionsFrom()
  if (options) await simulate(options)
  else process.stdout.write(`${USAGE}\n`)
} catch (error) {
  if (!(error instanceof CliError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
