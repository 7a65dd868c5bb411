/** An error whose message is a sentence for the person at the terminal. It is printed without a stack trace. */
export class CliError extends Error {}
