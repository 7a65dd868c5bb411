export { type ClientSettings, type ConcordClient, createClient } from './client.ts'
export type { NativeFile, Upload } from './files.ts'
export { sessionTokenOf } from './session-token.ts'
