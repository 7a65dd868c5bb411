import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createState, run } from './run.ts'

test.each(['seed', 'setup', 'deploy', 'backup', 'restore'])('npm run %s -- --help prints the usage and does nothing', async (script) => {
  const state = createState()
  const { code, out } = await run(script, ['--help', '--persist-to', state.folder])
  expect(code).toBe(0)
  expect(out).toMatch(new RegExp(`^npm run ${script} `))
  expect(existsSync(join(state.folder, 'v3'))).toBe(false)
  state.remove()
})
