import { runCommand } from '../cli-error.ts'
import { stateFrom } from '../state.ts'
import { invocationFrom, type TargetOptions, type VerifyInvocation } from './arguments.ts'
import { type Connection, openConnection } from './connection/connection.ts'

/** `npm run move`: brings the database of a former server into Concord. */

const withConnection = async <T>({ environment, persistTo }: TargetOptions, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const connection = await openConnection({ environment, state: stateFrom(persistTo).folder })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

const commands = () => import('./commands.ts')

/** The Worker that is asked must run before the connection is opened, which also reaches its rooms. */
const verify = async (invocation: VerifyInvocation): Promise<void> => {
  const { recordedFormerIds, withAskedWorker } = await import('./asked-worker.ts')
  // Recorded, because log-ins are created with the Worker that gets the ids.
  const formerIds = () =>
    withConnection(invocation, async (connection) => {
      await (await commands()).record(connection, 'move verify')
      return recordedFormerIds(connection.target)
    })
  return withAskedWorker(invocation, formerIds, (worker) =>
    withConnection(invocation, async (connection) => (await commands()).runVerify(connection, invocation, worker)),
  )
}

const move = async (): Promise<void> => {
  const invocation = invocationFrom(process.argv.slice(2))
  if ('help' in invocation) return console.log(invocation.help)
  if (invocation.command === 'verify') return verify(invocation)
  // Imported later: the configuration is read before, by a process that needs as much memory.
  if (invocation.command !== 'inspect') {
    return withConnection(invocation, async (connection) => (await commands()).runWithTarget(invocation, connection))
  }
  const { path, media, contract, json } = invocation
  const [{ inspect }, { report }] = await Promise.all([import('./inspect/inspect.ts'), import('./inspect/print.ts')])
  const findings = await inspect({ path, media, contract, now: Date.now() })
  console.log(json ? JSON.stringify(findings, null, 2) : report(findings))
}

await runCommand(move)
