import type { ReferenceFile } from '../../domain/context.ts'

/**
 * The documents are made when the assets are built (src/cli/build-assets.ts), and stored with them. Their generator and zod's
 * JSON Schema would be 8 KiB of the compressed Worker, and the largest document takes 40 ms of CPU time.
 */
export const documentFile = (contract: string): ReferenceFile => `openapi/${contract}.json`

/** The placeholder for the origin in a file: a deployment has several, and each serves the documents with its own. */
export const ORIGIN_PLACEHOLDER = 'https://origin.invalid'

export const withOrigin = (document: string, origin: string): string => document.replace(ORIGIN_PLACEHOLDER, () => origin)
