/** An error whose message is a sentence for the person at the terminal. It is printed without a stack trace. */
export class CliError extends Error {}

/** The sentence, also if another error wraps it: drizzle wraps every error of the database. */
const sentenceOf = (error: unknown): string | null => {
  if (error instanceof CliError) return error.message
  return error instanceof Error ? sentenceOf(error.cause) : null
}

/** Runs a command and resolves with its exit code: 1 if it fails, after the error was reported. */
export const exitCodeOf = async (command: () => Promise<void>, report: (problem: unknown) => void): Promise<0 | 1> => {
  try {
    await command()
    return 0
  } catch (error) {
    report(sentenceOf(error) ?? error)
    return 1
  }
}

/** Runs the command of this process. It exits with 1 if the command fails. */
export const runCommand = async (command: () => Promise<void>): Promise<void> => {
  if ((await exitCodeOf(command, console.error)) === 1) process.exitCode = 1
}
