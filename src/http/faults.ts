/**
 * What may be written down of an error that is ours. Drizzle puts SQL and parameters into its message, and parameters
 * are passwords and people's words: only the innermost cause speaks, which names tables and no values, and of the stack
 * only the places.
 */
export const describeFault = (error: unknown): string => {
  let innermost = error
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause
  if (!(innermost instanceof Error)) return `thrown: ${typeof innermost}`
  const isQuery = innermost.message.includes('\nparams:')
  const places = (innermost.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8)
    .map((line) => line.trim())
  return [`${innermost.name}: ${isQuery ? 'query failed' : innermost.message}`, ...places].join(' | ')
}
