/** For a command whose other arguments another program parses: `--help` prints the usage and does nothing else. */
export const exitIfHelpIsAsked = (usage: string): void => {
  if (!process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) return
  console.log(usage)
  process.exit(0)
}
