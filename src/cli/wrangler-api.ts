import { createRequire } from 'node:module'

/** Loaded with `require`: an `import` also parses the 15 MB for the names of their exports, which takes a third of a second. */
const wrangler: typeof import('wrangler') = createRequire(import.meta.url)('wrangler')

export const {
  experimental_generateTypes: generateTypes,
  getPlatformProxy,
  unstable_readConfig: readConfig,
  unstable_splitSqlQuery: splitStatements,
} = wrangler
