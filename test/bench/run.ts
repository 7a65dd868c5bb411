import { parseArgs } from 'node:util'
import { createProviders, measureAlarms } from './alarms.ts'
import { betterAuthCases, nodeCases, starterCases } from './alternatives.ts'
import { measureBundle } from './bundle.ts'
import { type Case, emptyCase, growthCases, ourCases } from './cases.ts'
import { createDataset } from './dataset.ts'
import { agentOf, expectStatus, send } from './load.ts'
import { measureLogIns } from './log-ins.ts'
import { type CaseResult, type Effort, measure } from './measure.ts'
import { print } from './report.ts'
import { aboutThisRun, type Results } from './results.ts'
import { CHAT_WITHOUT_LIMIT, measureRoom } from './room.ts'
import { serve } from './runtime.ts'
import { measureStart } from './start.ts'
import { startNodeServer } from './start-node-server.ts'
import { benchServer, concordServer } from './workers.ts'

/** `npm run bench [-- --quick] [--json] [--only <part of a name>]`: measures Concord and compares it with other servers. */

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string' } } })

const EFFORT: Effort = flags.quick ? { rounds: 2, fraction: 0.1 } : { rounds: 5, fraction: 0.35 }
const CHAT = flags.quick ? { runs: 1, messagesEach: 10 } : { runs: 5, messagesEach: 40 }
const ALARM_ROUNDS = flags.quick ? 1 : 6
const LOG_IN_SECONDS = flags.quick ? 2 : 12
const STARTS = flags.quick ? 1 : 5
const SIZES = [1_000, 100_000] as const

const BETTER_AUTH = { main: 'better-auth', flags: ['nodejs_compat'] }

const isSelected = (name: string): boolean => flags.only === undefined || name.includes(flags.only)

const logProgress = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

const providers = await createProviders()
const node = await startNodeServer(SIZES[1])
const runtime = await serve({
  root: import.meta.dirname,
  workers: [
    concordServer('ours', 'large', { vars: { ...providers.vars, ...CHAT_WITHOUT_LIMIT } }),
    concordServer('small', 'small'),
    concordServer('counted', 'large', { main: 'counted' }),
    benchServer('baseline', 'large'),
    benchServer('empty', null),
    benchServer('better-auth', 'better-auth', BETTER_AUTH),
    benchServer('better-auth-joins', 'better-auth', { ...BETTER_AUTH, vars: { JOINS: 'true' } }),
    benchServer('starter', 'large'),
  ],
})

const migrateAndFill = async (worker: string, size: number) => {
  await runtime.migrate(worker, 'DB')
  return createDataset(await runtime.database(worker), size)
}

const measureAll = async (cases: readonly Case[]): Promise<CaseResult[]> => {
  const results: CaseResult[] = []
  for (const benchCase of cases.filter(({ name }) => isSelected(name))) {
    logProgress(benchCase.name)
    results.push(await measure(benchCase, EFFORT))
  }
  return results
}

/** Counts Concord's D1 round trips and statements for the first request of each case. */
const countD1 = async (cases: readonly Case[]): Promise<Results['d1']> => {
  const { target } = runtime.served('counted')
  const agent = agentOf(1)
  const counts: Record<string, string> = {}
  for (const { name, servers } of cases.filter(({ name }) => isSelected(name))) {
    const [caseServer] = servers
    const [spec] = (await caseServer?.nextRequests(1)) ?? []
    if (!caseServer || !spec) continue
    const response = await send(target, agent, spec)
    expectStatus(response, caseServer.status, spec, target)
    counts[name] = String(response.headers['x-d1'])
  }
  agent.destroy()
  return counts
}

try {
  const [few, many] = SIZES
  logProgress(`creating datasets of ${few} and ${many} accounts`)
  const small = await migrateAndFill('small', few)
  const large = await migrateAndFill('ours', many)
  const cases = ourCases(large, await runtime.database('ours'), { ours: runtime.served('ours'), baseline: runtime.served('baseline') })
  const results: Results = {
    about: aboutThisRun(),
    d1: await countD1(cases),
    empty: await measureAll([emptyCase(runtime.served('empty'))]),
    ours: await measureAll(cases),
    alternatives: [
      ...(await measureAll(await betterAuthCases(cases, runtime.served, await runtime.database('better-auth'), many))),
      ...(await measureAll(starterCases(cases, runtime.served('starter'), large))),
      ...(await measureAll(nodeCases(cases, node, node.dataset))),
    ],
    sizes: SIZES,
    growth: await measureAll(
      growthCases({ dataset: small, served: runtime.served('small') }, { dataset: large, served: runtime.served('ours') }),
    ),
    chat: isSelected('chat') ? await measureRoom(runtime.served('ours'), large, await runtime.database('ours'), CHAT) : null,
    alarms: isSelected('alarms') ? await measureAlarms(runtime.served('ours'), large, providers, ALARM_ROUNDS) : null,
    logIns: isSelected('log-ins') ? await measureLogIns(runtime.served('ours'), large, LOG_IN_SECONDS) : null,
    start: isSelected('start') ? await measureStart(STARTS) : null,
    bundle: isSelected('bundle') ? await measureBundle() : null,
  }
  process.stdout.write(`${flags.json ? JSON.stringify(results, null, 2) : print(results)}\n`)
} finally {
  await runtime.close()
  await node.close()
  providers.close()
}
