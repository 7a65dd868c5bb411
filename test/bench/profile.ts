import { parseArgs } from 'node:util'
import { type Case, ourCases } from './cases.ts'
import { createDataset } from './dataset.ts'
import type { Isolate } from './isolate.ts'
import { agentOf, expectStatus, median, type RequestSpec, send } from './load.ts'
import { REPEAT_HEADER } from './repeated.ts'
import { serve } from './runtime.ts'
import { concordServer } from './workers.ts'

/**
 * `npm run bench:profile [-- --only <part of a name>]`: the CPU time that a request takes in the Worker's own code, without D1 and the
 * network, and the part of each layer in it. It varies less than the figures of `npm run bench`.
 */

const { values: flags } = parseArgs({ options: { only: { type: 'string', default: '' } } })

const REPEATS = 200
const WARM_UP = 10
const ROUNDS = 15
const SAMPLING_US = 100
const ACCOUNTS = 2000
/** What the inspector's profiler returns: one sample each `timeDeltas` microseconds, as the id of a node of the tree of calls. */
interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly scriptId: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

/** The time of a case's request, and its parts by layer. */
interface Measured {
  readonly name: string
  readonly us: number
  readonly parts: ReadonlyMap<string, number>
}

const runtime = await serve(
  { root: import.meta.dirname, workers: [concordServer('ours', 'profiled', { main: 'own-code', minify: false })] },
  { inspector: true },
)
const agent = agentOf(1)
const served = runtime.served('ours')

/** An isolate without requests does not answer its inspector. */
const whileServing = async <T>(work: Promise<T>): Promise<T> => {
  let isDone = false
  const stop = () => {
    isDone = true
  }
  work.then(stop, stop)
  while (!isDone) await send(served.target, agent, { method: 'GET', path: '/health' })
  return work
}

/** esbuild writes the name of each source file above its code. */
const NAME_OF_SOURCE = /^\s*\/\/ (?:\.\.\/)*([\w@./-]+\.[cm]?[jt]s)$/

const THE_RUNTIME = 'the runtime'
const GARBAGE_COLLECTOR = 'garbage collector'
const THIS_MEASUREMENT = 'this measurement'

/** The first one that matches the path of a source file. */
const LAYERS: readonly (readonly [layer: string, path: RegExp])[] = [
  ['access log and headers', /^src\/http\/middleware/],
  ['routing, hono', /^src\/http\/routing|\/hono\//],
  ['body and query, zod', /^src\/http\/request|zod/],
  ['the rest of http', /^src\/http/],
  ['dialects, domain, model, tokens, rpc', /^src\/(?:dialects|domain|model|tokens|rpc)/],
  ['store, drizzle', /^src\/store|\/drizzle-orm\//],
  ['jose', /\/jose\//],
]

const layerOf = (file: string): string => LAYERS.find(([, path]) => path.test(file))?.[0] ?? THIS_MEASUREMENT

/** For each line of a script, the layer that it belongs to. */
const layersOfLines = (source: string): string[] => {
  let layer = THE_RUNTIME
  return source.split('\n').map((line) => {
    const [, file] = NAME_OF_SOURCE.exec(line) ?? []
    layer = file === undefined ? layer : layerOf(file)
    return layer
  })
}

/** Built-in functions count for the code that calls them. */
const timesByLayer = ({ nodes, samples, timeDeltas }: Profile, scripts: ReadonlyMap<string, readonly string[]>): Map<string, number> => {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)))
  const layerOfNode = ({ id, callFrame }: ProfileNode): string => {
    const { functionName, scriptId, url, lineNumber } = callFrame
    if (url !== '') return scripts.get(scriptId)?.[lineNumber] ?? THE_RUNTIME
    if (functionName.startsWith('(')) return functionName === `(${GARBAGE_COLLECTOR})` ? GARBAGE_COLLECTOR : THE_RUNTIME
    const parent = parents.get(id)
    return parent ? layerOfNode(parent) : THE_RUNTIME
  }
  const isIdle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id))
  const layers = new Map(nodes.map((node) => [node.id, layerOfNode(node)]))
  const times = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const layer = layers.get(id)
    if (layer !== undefined && !isIdle.has(id)) times.set(layer, (times.get(layer) ?? 0) + (timeDeltas[index] ?? 0))
  }
  return times
}

const scriptsOf = async (isolate: Isolate, { nodes }: Profile): Promise<Map<string, readonly string[]>> => {
  await isolate.call('Debugger.enable')
  const scripts = new Map<string, readonly string[]>()
  for (const scriptId of new Set(nodes.map(({ callFrame }) => callFrame.scriptId))) {
    const { scriptSource } = await isolate.call('Debugger.getScriptSource', { scriptId })
    if (typeof scriptSource === 'string' && scriptSource !== '') scripts.set(scriptId, layersOfLines(scriptSource))
  }
  await isolate.call('Debugger.disable')
  return scripts
}

const profileOf = async (isolate: Isolate, run: () => Promise<void>): Promise<Profile> => {
  await whileServing(isolate.call('Profiler.setSamplingInterval', { interval: SAMPLING_US }))
  await whileServing(isolate.call('Profiler.start'))
  await run()
  const { profile } = Object(await whileServing(isolate.call('Profiler.stop')))
  return profile
}

const measureCase = async ({ name, servers: [caseServer] }: Case, isolate: Isolate): Promise<Measured | null> => {
  const [spec] = (await caseServer?.nextRequests(1)) ?? []
  if (!caseServer || !spec) return null
  const repeated: RequestSpec = { ...spec, headers: { ...spec.headers, [REPEAT_HEADER]: String(REPEATS) } }
  const run = async (): Promise<number> => {
    const before = served.cpuMs()
    expectStatus(await send(served.target, agent, repeated), caseServer.status, repeated, served.target)
    return ((served.cpuMs() - before) * 1000) / REPEATS
  }
  const runs = async (count: number): Promise<number[]> => {
    const times: number[] = []
    for (let n = 0; n < count; n++) times.push(await run())
    return times
  }
  await runs(WARM_UP)
  const us = median(await runs(ROUNDS))
  const profile = await profileOf(isolate, async () => {
    await runs(ROUNDS)
  })
  const times = timesByLayer(profile, await whileServing(scriptsOf(isolate, profile)))
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  return { name, us, parts: new Map([...times].map(([layer, time]) => [layer, (us * time) / total])) }
}

const print = (...cells: readonly string[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

try {
  await runtime.migrate('ours', 'DB')
  const database = await runtime.database('ours')
  const cases = ourCases(await createDataset(database, ACCOUNTS), database, { ours: served })
  const isolate = await runtime.isolate('ours')
  await whileServing(isolate.call('Profiler.enable'))
  const measured: Measured[] = []
  for (const benchCase of cases.filter(({ name }) => name.includes(flags.only) && !/^(?:log in|log out|register)/.test(name))) {
    const result = await measureCase(benchCase, isolate)
    if (result) measured.push(result)
  }
  print('µs per request', ...measured.map(({ name }) => name))
  print('---', ...measured.map(() => '---:'))
  print('all', ...measured.map(({ us }) => us.toFixed(0)))
  for (const layer of [...LAYERS.map(([name]) => name), GARBAGE_COLLECTOR, THE_RUNTIME, THIS_MEASUREMENT]) {
    print(layer, ...measured.map(({ parts }) => (parts.get(layer) ?? 0).toFixed(0)))
  }
  isolate.close()
} finally {
  agent.destroy()
  await runtime.close()
}
