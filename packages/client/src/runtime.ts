/** What the generated functions import. */
export { formDataBodySerializer } from './files.ts'
export type { Client, ClientMeta, Options, RequestResult, TDataShape } from './generated/runtime/client/index.ts'
