import { parseArgs } from 'node:util'
import { createDataset, type Dataset } from './dataset.ts'
import { agentOf, load, type RequestSpec, send } from './load.ts'
import { CONNECTIONS } from './measure.ts'
import { serve } from './runtime.ts'
import { benchServer, concordServer } from './workers.ts'

/**
 * `npm run bench:memory [-- --requests 200000 --only Concord]`: how memory grows with the number of requests. The isolate of the Worker is measured
 * without garbage, through the inspector; the process also holds the isolates of the local D1, KV and R2, and what the runtime keeps.
 */

const { values: flags } = parseArgs({ options: { requests: { type: 'string', default: '200000' }, only: { type: 'string' } } })

const REQUESTS = Number(flags.requests)
const STEPS = 10
const ACCOUNTS = 10_000

const SERVERS = ['Concord', 'D1 only', 'empty Worker'] as const
type ServerName = (typeof SERVERS)[number]

const authorization = ({ people }: Dataset, n: number) => ({ Authorization: `Token ${(people[n % people.length] ?? people[0]).token}` })

/** Reads of all contracts. */
const readFor = (dataset: Dataset, n: number): RequestSpec => {
  const own = `/api/v1/user/${1 + (n % dataset.people.length)}/`
  const paths = ['/user-details/', '/api/users/me/', '/users/byId/', '/api/profile/', '/session/', '/api/plans?limit=20', '/api/friends/']
  return { method: 'GET', path: paths[n % (paths.length + 1)] ?? own, headers: authorization(dataset, n) }
}

const messageFor = (dataset: Dataset, n: number): RequestSpec => ({
  method: 'POST',
  path: '/message/',
  headers: authorization(dataset, n),
  json: { receiver_id: dataset.people.length + 1 + (n % 400), content: 'Hello!' },
})

const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

const print = (...cells: readonly (string | number)[]): void => {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

/** Sends the requests in steps, and prints after each step what the isolate and the process hold. */
const measureServer = async (server: ServerName): Promise<void> => {
  const main = { Concord: undefined, 'D1 only': 'baseline', 'empty Worker': 'empty' }[server]
  const measured = main === undefined ? concordServer('measured', 'memory') : benchServer('measured', 'memory', { main })
  // Every runtime has a second Worker, which migrates the database and then does nothing.
  const runtime = await serve({ root: import.meta.dirname, workers: [measured, concordServer('migrating', 'memory')] }, { inspector: true })
  await runtime.migrate('migrating', 'DB')
  const dataset = await createDataset(await runtime.database('migrating'), ACCOUNTS)
  const served = runtime.served('measured')
  const isolate = await runtime.isolate('measured')
  const agent = agentOf(CONNECTIONS)

  /** An isolate without requests does not answer its inspector. */
  const withoutGarbage = async () => {
    let isDone = false
    const heap = isolate.collectGarbage().then(isolate.heap)
    const stop = () => {
      isDone = true
    }
    heap.then(stop, stop)
    while (!isDone) await send(served.target, agent, { method: 'GET', path: '/health' })
    return heap
  }

  const perStep = REQUESTS / STEPS
  let sent = 0
  for (let step = 0; step <= STEPS; step++) {
    const { objects, buffers } = await withoutGarbage()
    print(server, sent, mib(objects), mib(buffers), mib(served.residentBytes()))
    if (step === STEPS) break
    const numbers = Array.from({ length: perStep }, () => sent++)
    const isMessage = (n: number): boolean => n % 10 === 9
    const answers = main === 'empty' ? { read: 200, message: 200 } : { read: 200, message: 201 }
    const reads = numbers.filter((n) => !isMessage(n)).map((n) => readFor(dataset, n))
    const messages = numbers.filter(isMessage).map((n) => messageFor(dataset, n))
    await load(served, agent, { connections: CONNECTIONS, requests: reads, status: answers.read })
    await load(served, agent, { connections: CONNECTIONS, requests: messages, status: answers.message })
  }
  agent.destroy()
  isolate.close()
  await runtime.close()
}

print('server', 'requests', 'objects, MiB', 'buffers, MiB', 'process, MiB')
print(...Array.from({ length: 5 }, () => '---'))
for (const server of SERVERS) if (flags.only === undefined || flags.only === server) await measureServer(server)
