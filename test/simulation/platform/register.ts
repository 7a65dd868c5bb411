import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { PlantedFault } from '../planted-faults.ts'

/**
 * Makes the source files of the Worker loadable in Node: `cloudflare:workers` is replaced, and a copy of the code can have a planted
 * fault. A module of a copy has `?fault=<name>` behind its address, and so has what it imports of this project. The simulated
 * platform and packages are the same for all copies.
 */

const PLATFORM = new URL('./', import.meta.url).href
const WORKERS = new URL('./cloudflare-workers.ts', import.meta.url).href
const ROOT = new URL('../../../', import.meta.url).href
const PACKAGES = `${ROOT}node_modules/`

const planted = new Map<string, PlantedFault>()

let newest: PlantedFault | null = null

/** What is imported from here on is loaded in the copy with this fault. */
export const plant = (fault: PlantedFault): void => {
  planted.set(fault.name, fault)
  newest = fault
}

const withoutFault = (url: string): string => url.replace(/\?fault=.*$/, '')

const isCopied = (url: string): boolean => url.startsWith(ROOT) && !url.startsWith(PLATFORM) && !url.startsWith(PACKAGES)

/** The text of a file with a fault that belongs into it; null if none does. */
const sourceWith = (fault: PlantedFault | undefined, url: string): string | null => {
  const edits = fault?.edits.filter(({ file }) => url === `${ROOT}src/${file}`) ?? []
  if (edits.length === 0) return null
  let source = readFileSync(new URL(url), 'utf8')
  for (const { from, to } of edits) {
    if (source.split(from).length !== 2) throw new Error(`The planted fault does not fit any more: ${url} does not contain once: ${from}`)
    source = source.replace(from, () => to)
  }
  return source
}

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    if (specifier === 'cloudflare:workers') return nextResolve(WORKERS, context)
    const { parentURL = ROOT } = context
    const [importer = ROOT, copy = newest && `fault=${newest.name}`] = parentURL.split('?')
    if (copy === null) return nextResolve(specifier, context)
    const resolved = nextResolve(specifier, { ...context, parentURL: importer })
    return isCopied(resolved.url) ? { ...resolved, url: `${resolved.url}?${copy}` } : resolved
  },
  load: (url, context, nextLoad) => {
    const file = withoutFault(url)
    if (file === url) return nextLoad(url, context)
    const source = sourceWith(planted.get(new URL(url).searchParams.get('fault') ?? ''), file)
    return source === null ? nextLoad(file, context) : { format: 'module-typescript', source, shortCircuit: true }
  },
})
