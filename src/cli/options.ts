/** The value of one option among arguments that another program parses. */
export const optionIn = (args: readonly string[], name: string): string | undefined => {
  const index = args.findIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  return index < 0 ? undefined : args[index]?.includes('=') ? args[index]?.split('=')[1] : args[index + 1]
}
