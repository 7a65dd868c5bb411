import * as z from 'zod/mini'

/**
 * The same schema with what the document shows of it. A schema with an `id` is written once in a document and referred to. The
 * schema is cloned, because the argument may also be used elsewhere.
 */
export const documented = <S extends z.ZodMiniType>(schema: S, info: z.core.GlobalMeta): S => {
  const clone = schema.clone()
  z.globalRegistry.add(clone, info)
  return clone
}
