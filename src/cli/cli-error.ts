/** An error whose message is a sentence for the person at the terminal. It is printed without a stack trace. */
export class CliError extends Error {}

/** The sentence, also if another error wraps it: drizzle wraps every error of the database. */
const sentenceOf = (error: unknown): string | null => {
  if (error instanceof CliError) return error.message
  return error instanceof Error ? sentenceOf(error.cause) : null
}

/** Runs a command. It exits with 1 if the command fails. */
export const runCommand = async (command: () => Promise<void>): Promise<void> => {
  try {
    await command()
  } catch (error) {
    console.error(sentenceOf(error) ?? error)
    process.exitCode = 1
  }
}
