import { buildIfChanged } from './build-if-changed.ts'
import { root } from './wrangler.ts'

/**
 * Builds `dist/assets`, the static assets of the Worker:
 * - the scripts and styles of our own pages, the API reference of each contract, and the AsyncAPI document, which the platform serves
 *   without running the Worker;
 * - what only the Worker reads: reference data, the OpenAPI documents, and pages. It is not public: the Worker handles `/reference/…` and
 *   responds with 404.
 */

// Imported only when needed: it loads the whole Worker.
await buildIfChanged(root, async () => (await import('./write-assets.ts')).writeAssets())
