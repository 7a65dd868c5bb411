import { createRequire } from 'node:module'

type Wrangler = typeof import('wrangler')

const require = createRequire(import.meta.url)

/**
 * Loaded by the first call: help and most errors come without it, which takes half a second. With `require`, because an `import`
 * also parses the 15 MB for the names of their exports, which takes a third of a second.
 */
const load = (): Wrangler => require('wrangler')

export const generateTypes: Wrangler['experimental_generateTypes'] = (...args) => load().experimental_generateTypes(...args)
export const createTestHarness: Wrangler['createTestHarness'] = (options) => load().createTestHarness(options)
export const getPlatformProxy: Wrangler['getPlatformProxy'] = (options) => load().getPlatformProxy(options)
type MiniflareOptions = Parameters<Wrangler['unstable_getMiniflareWorkerOptions']>[2]
export const miniflareOptions = (configPath: string, options: MiniflareOptions) =>
  load().unstable_getMiniflareWorkerOptions(configPath, undefined, options)
export const readConfig: Wrangler['unstable_readConfig'] = (...args) => load().unstable_readConfig(...args)
export const splitStatements: Wrangler['unstable_splitSqlQuery'] = (sql) => load().unstable_splitSqlQuery(sql)
export const startRemoteSession: Wrangler['maybeStartOrUpdateRemoteProxySession'] = (...args) =>
  load().maybeStartOrUpdateRemoteProxySession(...args)
