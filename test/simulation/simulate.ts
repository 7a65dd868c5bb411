import { parseArgs } from 'node:util'
import { CliError } from '../../src/cli/cli-error.ts'
import { PLANTED_FAULTS, type PlantedFault, plantedFault } from './planted-faults.ts'
import { replaceGlobals } from './platform/globals.ts'
import { plant } from './platform/register.ts'
import { DATABASE_REGIONS, type DatabaseRegion } from './replicas/distances.ts'
import { GATE_FAULTS, type GateFault } from './replicas/planted-faults.ts'

/** `npm run simulate`: runs the real rooms, desks and alarms in simulated worlds with faults, and checks what must hold. */

const USAGE = `npm run simulate [-- --minutes <number>] [--worlds <number>] [--seed <number>] [--fault <names>]
npm run simulate -- --replicas [--reads <number>] [--seed <number>] [--fault <names>] [--primary <region>]

Runs the objects of the support chat and of the alarms in small simulated worlds, one after the other, with faults that follow
from the seed: crashes, lost writes and calls, clocks that jump, providers that accept a message and do not answer.

--minutes   how long (default: 1)
--worlds    how many worlds at most
--seed      the seed of the first world; each world after it has the next one (default: from the clock; with --fault one that finds it)
--fault     plants a fault into the code, which the simulation has to find: test/simulation/planted-faults.ts has the names, and with
            --replicas test/simulation/replicas/planted-faults.ts. Several names with commas between them, or all: one after the
            other, each in a copy of the code, and the other options apply to each
--replicas  instead: the whole Worker in eight regions, on a database with read replicas behind the gates of
            docs/adr/0023-read-replicas-behind-a-gate.md
--reads     how many reads are checked (default: 5000; with --fault as many as find it)
--primary   prints how long reads take if the primary is in this region (weur, eeur, enam, wnam, apac, oc)
--help      prints this

Exit code: 0 if nothing was found; 1 if something was, with the seed that repeats it; 2 if an argument is wrong. With several faults: 0
if each was found, 1 if one was not.`

const DEFAULT_READS = 5000

interface Options {
  readonly isOfReplicas: boolean
  /** How many reads of replicas are checked; null if no number is given. */
  readonly reads: number | null
  /** The region whose latencies are printed. */
  readonly primary: DatabaseRegion | null
  readonly milliseconds: number
  readonly worlds: number
  /** Null if none is given. */
  readonly seed: number | null
  /** They are planted one after the other. Without any, the code remains as it is. */
  readonly faults: readonly (PlantedFault | GateFault)[]
}

const numberFrom = <T>(name: string, value: string | undefined, absent: T): number | T => {
  if (value === undefined) return absent
  const number = Number(value)
  if (value === '' || !(number >= 0)) throw new CliError(`--${name} must be a number.\n\n${USAGE}`)
  return number
}

const regionFrom = (name: string): DatabaseRegion => {
  const region = DATABASE_REGIONS.find((one) => one === name)
  if (!region) throw new CliError(`There is no region ${name}: test/simulation/replicas/distances.ts has the names.`)
  return region
}

const faultsFrom = (names: string | undefined, all: readonly PlantedFault[]): readonly PlantedFault[] => {
  if (names === undefined) return []
  return names === 'all' ? all : names.split(',').map((name) => plantedFault(all, name))
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
    const isOfReplicas = values.replicas ?? false
    return {
      isOfReplicas,
      reads: numberFrom('reads', values.reads, null),
      primary: values.primary === undefined ? null : regionFrom(values.primary),
      milliseconds: numberFrom('minutes', values.minutes, 1) * 60_000,
      worlds: numberFrom('worlds', values.worlds, Number.POSITIVE_INFINITY),
      seed: numberFrom('seed', values.seed, null),
      faults: faultsFrom(values.fault, isOfReplicas ? GATE_FAULTS : PLANTED_FAULTS),
    }
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

/** The modules of a simulation load the code under test, so they are loaded late: for each fault again. False if something was found. */
const runWith = async (fault: PlantedFault | GateFault | null, options: Options): Promise<boolean> => {
  const { isOfReplicas, primary, milliseconds, worlds } = options
  const seed = options.seed ?? fault?.seed ?? Math.trunc(performance.timeOrigin) % 1_000_000_000
  if (fault) plant(fault)
  if (!isOfReplicas) {
    const { simulateWorlds } = await import('./world/simulate.ts')
    return simulateWorlds({ milliseconds, worlds, seed, fault: fault?.name ?? null })
  }
  const { printLatencies, simulateReplicas } = await import('./replicas/simulate.ts')
  const reads = options.reads ?? (fault && 'reads' in fault ? fault.reads : DEFAULT_READS)
  if (primary === null) return simulateReplicas(seed, reads)
  await printLatencies(primary, reads)
  return true
}

/** Resolves with false if a planted fault was not found. */
const findAll = async (options: Options): Promise<boolean> => {
  const { faults } = options
  const missed: string[] = []
  for (const fault of faults) {
    process.stdout.write(`\nPlanted fault: ${fault.name}\n`)
    if (await runWith(fault, options)) missed.push(fault.name)
  }
  const list = missed.length === 0 ? '' : `; not found: ${missed.join(', ')}`
  process.stdout.write(`\n${faults.length - missed.length} of ${faults.length} planted faults were found${list}\n`)
  return missed.length === 0
}

const simulate = (options: Options): Promise<boolean> => {
  replaceGlobals()
  const [fault = null, ...others] = options.faults
  return others.length > 0 ? findAll(options) : runWith(fault, options)
}

try {
  const options = optionsFrom()
  if (options) process.exitCode = (await simulate(options)) ? 0 : 1
  else process.stdout.write(`${USAGE}\n`)
} catch (error) {
  if (!(error instanceof CliError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
