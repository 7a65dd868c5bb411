/**
 * The exports of zod without its message translations (about fifty languages). `@hono/zod-openapi` passes the whole zod
 * namespace around as one object, so a bundler cannot remove unused parts, and the translations would be a third of the
 * Worker. wrangler.toml aliases `zod` to this module in the bundle. Types, tests and scripts use the package itself.
 */

export * from '../../node_modules/zod/v4/classic/checks.js'
export * as coerce from '../../node_modules/zod/v4/classic/coerce.js'
export * from '../../node_modules/zod/v4/classic/compat.js'
export * from '../../node_modules/zod/v4/classic/errors.js'
export * as iso from '../../node_modules/zod/v4/classic/iso.js'
export * from '../../node_modules/zod/v4/classic/parse.js'
export * from '../../node_modules/zod/v4/classic/schemas.js'
export { config, globalRegistry, NEVER, registry } from '../../node_modules/zod/v4/core/index.js'
