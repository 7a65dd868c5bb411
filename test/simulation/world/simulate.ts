import { FAULTS, type Fault } from './faults.ts'
import { live } from './life.ts'
import { World } from './world.ts'

/** Runs worlds one after the other, and reports the first in which something is wrong. */

const PROGRESS_MS = 5000

interface Run {
  readonly milliseconds: number
  readonly worlds: number
  /** The seed of the first world. */
  readonly seed: number
  /** The name of the fault that is planted into this copy of the code. */
  readonly fault: string | null
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

/** Prints a world in which something is wrong, and resolves with false then. */
export const simulateWorlds = async ({ milliseconds, worlds, seed, fault }: Run): Promise<boolean> => {
  const summary = new Summary()
  const start = performance.now()
  let shownAt = start
  let isRight = true
  for (let next = seed; isRight && summary.worlds < worlds && performance.now() - start < milliseconds; next++) {
    const world = new World(next)
    await live(world)
    summary.add(world)
    isRight = world.scheduler.violation === null
    if (!isRight) report(world, next, fault)
    world.close()
    if (performance.now() - shownAt < PROGRESS_MS) continue
    shownAt = performance.now()
    process.stderr.write(`${Math.round((shownAt - start) / 1000)} s: ${summary.progress}, up to seed ${next}\n`)
  }
  summary.print((performance.now() - start) / 1000, seed)
  return isRight
}
