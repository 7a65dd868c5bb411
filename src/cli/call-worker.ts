import { CliError } from './cli-error.ts'

/** Runs a call to the Worker. If the Worker is not reachable, the error contains the command that starts it. */
export const callWorker = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw new CliError(`The Worker does not respond. Is \`npm run dev\` running? (${error instanceof Error ? error.message : error})`)
  }
}
