'use strict'

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

require('./module-hooks.cjs')

module.exports = { problemOf }
