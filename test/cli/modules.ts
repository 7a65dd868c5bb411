import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from '../../src/cli/wrangler.ts'

/** The modules of src/ that a module imports, and those that they import, as paths in the project. */
export const modulesOf = (name: string, found = new Set<string>()): Set<string> => {
  if (found.has(name)) return found
  found.add(name)
  const source = readFileSync(join(root, name), 'utf8').replaceAll(/^import type .*$/gm, '')
  for (const [, path = ''] of source.matchAll(/from '(\.[^']+)'/g)) modulesOf(relative(root, join(root, dirname(name), path)), found)
  return found
}
