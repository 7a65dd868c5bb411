import { runCommand } from '../cli-error.ts'
import { invocationFrom } from './arguments.ts'
import { inspect } from './inspect/inspect.ts'
import { report } from './inspect/print.ts'

/** `npm run move`: brings the database of a former server into Concord. */

const move = async (): Promise<void> => {
  const invocation = invocationFrom(process.argv.slice(2))
  if ('help' in invocation) return console.log(invocation.help)
  if (invocation.command !== 'inspect') {
    // Imported here, because the platform takes a second to load.
    const { runWithTarget } = await import('./commands.ts')
    return runWithTarget(invocation)
  }
  const { path, media, contract, json } = invocation
  const findings = await inspect({ path, media, contract, now: Date.now() })
  console.log(json ? JSON.stringify(findings, null, 2) : report(findings))
}

await runCommand(move)
