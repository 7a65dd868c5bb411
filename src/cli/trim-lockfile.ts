import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './wrangler.ts'

/**
 * `npm run lock`: writes the lock file without the packages' `engines`. npm compares these with the Node that runs npm, and
 * warns on Node 20. But the project's commands run on the Node that the project brings, and test/commands/packages.test.ts
 * holds every package's own `engines` to that one.
 */

const file = join(root, 'package-lock.json')
const lock: { packages: Record<string, { engines?: unknown }> } = JSON.parse(readFileSync(file, 'utf8'))
for (const [path, entry] of Object.entries(lock.packages)) if (path !== '') delete entry.engines
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
