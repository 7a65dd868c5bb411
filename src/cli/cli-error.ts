/** An error whose message is a sentence for the person at the terminal. It is printed without a stack trace. */
export class CliError extends Error {}

/** Runs a command. It exits with 1 if the command fails. */
export const runCommand = async (command: () => Promise<void>): Promise<void> => {
  try {
    await command()
  } catch (error) {
    console.error(error instanceof CliError ? error.message : error)
    process.exitCode = 1
  }
}
