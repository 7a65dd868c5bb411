import { parseArgs } from 'node:util'
import { createProviders, measureAlarms } from './alarms.ts'
import { measureBundle } from './bundle.ts'
import { type Case, growthCases, nothingAtAll, ourCases } from './cases.ts'
import { agentOf, expectStatus, send } from './load.ts'
import { measureLogIns } from './log-ins.ts'
import { type Effort, type Measured, measure } from './measure.ts'
import { startNodeServer } from './node-side.ts'
import { betterAuthCases, nodeCases, starterCases } from './peers.ts'
import { print } from './report.ts'
import { aboutThisRun, type Results } from './results.ts'
import { measureRoom, TALKATIVE } from './room.ts'
import { serve } from './runtime.ts'
import { measureStart } from './start.ts'
import { settle } from './town.ts'
import { program, side } from './workers.ts'

/** `npm run bench [-- --quick] [--json] [--only <part of a name>]`: how fast, and compared with what. */

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string' } } })

const EFFORT: Effort = flags.quick ? { rounds: 2, part: 0.1 } : { rounds: 5, part: 0.35 }
const CHAT = flags.quick ? { runs: 1, messagesEach: 10 } : { runs: 5, messagesEach: 40 }
const ALARM_ROUNDS = flags.quick ? 1 : 6
const LOG_IN_SECONDS = flags.quick ? 2 : 12
const STARTS = flags.quick ? 1 : 5
const SIZES = [1_000, 100_000] as const

const BETTER_AUTH = { main: 'better-auth', flags: ['nodejs_compat'] }

const isAsked = (name: string): boolean => flags.only === undefined || name.includes(flags.only)

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

const providers = await createProviders()
const node = await startNodeServer(SIZES[1])
const runtime = await serve({
  root: import.meta.dirname,
  workers: [
    program('ours', 'town', { vars: { ...providers.vars, ...TALKATIVE } }),
    program('small', 'small-town'),
    program('counted', 'town', { main: 'counted' }),
    side('floor', 'town'),
    side('empty', null),
    side('better-auth', 'better-auth', BETTER_AUTH),
    side('better-auth-joins', 'better-auth', { ...BETTER_AUTH, vars: { JOINS: 'true' } }),
    side('starter', 'town'),
  ],
})

const town = async (worker: string, size: number) => {
  await runtime.migrate(worker, 'DB')
  return settle(await runtime.database(worker), size)
}

const measureAll = async (cases: readonly Case[]): Promise<Measured[]> => {
  const measured: Measured[] = []
  for (const one of cases.filter(({ name }) => isAsked(name))) {
    say(one.name)
    measured.push(await measure(one, EFFORT))
  }
  return measured
}

/** What the program asks of D1 for the first request of each case. */
const countD1 = async (cases: readonly Case[]): Promise<Results['d1']> => {
  const { target } = runtime.served('counted')
  const agent = agentOf(1)
  const counts: Record<string, string> = {}
  for (const { name, contestants } of cases.filter(({ name }) => isAsked(name))) {
    const [contestant] = contestants
    const [ask] = (await contestant?.asks(1)) ?? []
    if (!contestant || !ask) continue
    const answer = await send(target, agent, ask)
    expectStatus(answer, contestant.status, ask, target)
    counts[name] = String(answer.headers['x-d1'])
  }
  agent.destroy()
  return counts
}

try {
  const [few, many] = SIZES
  say(`a town of ${few} and a town of ${many}`)
  const small = await town('small', few)
  const large = await town('ours', many)
  const cases = ourCases(large, await runtime.database('ours'), { ours: runtime.served('ours'), floor: runtime.served('floor') })
  const results: Results = {
    about: aboutThisRun(),
    d1: await countD1(cases),
    nothing: await measureAll([nothingAtAll(runtime.served('empty'))]),
    ours: await measureAll(cases),
    peers: [
      ...(await measureAll(await betterAuthCases(cases, runtime.served, await runtime.database('better-auth'), many))),
      ...(await measureAll(starterCases(cases, runtime.served('starter'), large))),
      ...(await measureAll(nodeCases(cases, node, node.town))),
    ],
    sizes: SIZES,
    growing: await measureAll(
      growthCases({ town: small, served: runtime.served('small') }, { town: large, served: runtime.served('ours') }),
    ),
    chat: isAsked('chat') ? await measureRoom(runtime.served('ours'), large, await runtime.database('ours'), CHAT) : null,
    alarms: isAsked('alarms') ? await measureAlarms(runtime.served('ours'), large, providers, ALARM_ROUNDS) : null,
    logIns: isAsked('log-ins') ? await measureLogIns(runtime.served('ours'), large, LOG_IN_SECONDS) : null,
    start: isAsked('start') ? await measureStart(STARTS) : null,
    bundle: isAsked('bundle') ? await measureBundle() : null,
  }
  process.stdout.write(`${flags.json ? JSON.stringify(results, null, 2) : print(results)}\n`)
} finally {
  await runtime.close()
  await node.close()
  providers.close()
}
