/**
 * What zod exports, without the fifty languages of its messages: `@hono/zod-openapi` hands the whole of zod around as one
 * object, so no bundler can leave out of it what nobody uses, and the languages are a third of the Worker. wrangler.toml
 * puts this in the place of `zod` in the bundle; types, tests and scripts see the package itself.
 */

export * from '../../node_modules/zod/v4/classic/checks.js'
export * as coerce from '../../node_modules/zod/v4/classic/coerce.js'
export * from '../../node_modules/zod/v4/classic/compat.js'
export * from '../../node_modules/zod/v4/classic/errors.js'
export * as iso from '../../node_modules/zod/v4/classic/iso.js'
export * from '../../node_modules/zod/v4/classic/parse.js'
export * from '../../node_modules/zod/v4/classic/schemas.js'
export { config, globalRegistry, NEVER, registry } from '../../node_modules/zod/v4/core/index.js'
