'use strict'

const { enableCompileCache, registerHooks } = require('node:module')
const { resolve } = require('node:path')

/**
 * Runs before every command of package.json (`node -r`), and prints one sentence where Node would print a stack trace. It is
 * plain JavaScript: before `npm ci` the Node on the PATH is the machine's, and an old one cannot run TypeScript. Afterwards
 * npm puts the project's own Node on the PATH.
 */

/** What is missing, as a sentence; null if nothing is. */
const problemOf = ({ isInstalled, runsTypeScript, version }) => {
  if (!isInstalled) return 'The packages are not installed yet. Run `npm ci` first.'
  if (runsTypeScript) return null
  return (
    `Concord's commands need Node 22.18 or newer, and this is Node ${version}. \`npm ci\` installs one into node_modules for ` +
    'Linux (glibc), macOS and Windows, unless optional dependencies are left out; elsewhere install it yourself.'
  )
}

const isInstalled = () => {
  try {
    require.resolve('wrangler/package.json', { paths: [resolve(__dirname, '../..')] })
    return true
  } catch {
    return false
  }
}

const problem = problemOf({
  isInstalled: isInstalled(),
  runsTypeScript: Boolean(process.features.typescript),
  version: process.versions.node,
})
if (problem) {
  console.error(problem)
  process.exit(1)
}

// At each start, Node warns that node:sqlite is experimental. `--disable-warning` is no option of Node before 20.11, which
// would end with a message about that option, and not with the one above.
const { emitWarning } = process
process.emitWarning = (warning, ...details) => {
  if (details[0] !== 'ExperimentalWarning') emitWarning.call(process, warning, ...details)
}

// Keeps compiled code, for this process and those that it starts: wrangler has 15 MB of it.
process.env.NODE_COMPILE_CACHE ??= resolve(__dirname, '../../.wrangler/compile-cache')
enableCompileCache(process.env.NODE_COMPILE_CACHE)

// Drizzle imports its files by their names. For each one, Node would parse Drizzle's package.json again, to see that it is an ES
// module: 180 kB, 110 times, which is a quarter of a second of CPU time.
const IN_DRIZZLE = /\/node_modules\/drizzle-orm\/[^?]+\.js$/
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier.startsWith('.') && IN_DRIZZLE.test(context.parentURL ?? '') && context.conditions.includes('import')
      ? { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
      : nextResolve(specifier, context),
})

module.exports = { problemOf }
