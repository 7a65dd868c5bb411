import * as z from './zod-exports.ts'

export * from './zod-exports.ts'
export { z }
export default z
