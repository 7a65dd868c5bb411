/** What `npm run dev` prints once the server responds. */
export const startBlock = (origin: string, hasAccounts: boolean): string => {
  const lines: (readonly [string, string])[] = [
    ['Concord', `${origin}/`],
    ['API reference', `${origin}/docs`],
    ['Staff console', `${origin}/console`],
    ['Support chat', `${origin}/support`],
    ['Health check', `${origin}/health`],
  ]
  if (!hasAccounts) lines.push(['No accounts yet', 'npm run seed (in another terminal) creates demo accounts'])
  return `\n${lines.map(([name, value]) => `  ${name.padEnd(17)}${value}`).join('\n')}\n`
}
