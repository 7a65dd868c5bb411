import { runCommand } from '../cli-error.ts'
import { stateFrom } from '../state.ts'
import { invocationFrom } from './arguments.ts'
import { openConnection } from './connection/connection.ts'

/** `npm run move`: brings the database of a former server into Concord. */

const move = async (): Promise<void> => {
  const invocation = invocationFrom(process.argv.slice(2))
  if ('help' in invocation) return console.log(invocation.help)
  if (invocation.command !== 'inspect') {
    const { environment, persistTo } = invocation
    const connection = await openConnection({ environment, state: stateFrom(persistTo).folder })
    try {
      // Imported here: the configuration is read before, by a process that needs as much memory.
      const { runWithTarget } = await import('./commands.ts')
      return await runWithTarget(invocation, connection)
    } finally {
      await connection.close()
    }
  }
  const { path, media, contract, json } = invocation
  const [{ inspect }, { report }] = await Promise.all([import('./inspect/inspect.ts'), import('./inspect/print.ts')])
  const findings = await inspect({ path, media, contract, now: Date.now() })
  console.log(json ? JSON.stringify(findings, null, 2) : report(findings))
}

await runCommand(move)
