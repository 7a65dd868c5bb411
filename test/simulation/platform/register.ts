import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import type { Edit, PlantedFault } from '../planted-faults.ts'

/**
 * Makes the source files of the Worker loadable in Node: `cloudflare:workers` is replaced, and a copy of the code can have a planted
 * fault. A module of a copy has `?fault=<name>` behind its address. Those are the simulation, and what of src/ leads to the fault by
 * its imports; everything else would be the same in each copy, and is loaded once.
 */

const PLATFORM = new URL('./', import.meta.url).href
const WORKERS = new URL('./cloudflare-workers.ts', import.meta.url).href
const ROOT = new URL('../../../', import.meta.url).href

const IMPORT = /\b(?:from|import) ?\(?'(\.{1,2}\/[^']+\.ts)'/g
const IMPORT_OF_TYPES = /^(?:import|export) type \{[^}]*\} from '.*'$/gm

const imports = new Map<string, readonly string[]>()

const importsOf = (file: string): readonly string[] => {
  const known = imports.get(file)
  if (known) return known
  const source = readFileSync(new URL(file), 'utf8').replace(IMPORT_OF_TYPES, '')
  const found = Array.from(source.matchAll(IMPORT), ([, path = '']) => new URL(path, file).href)
  imports.set(file, found)
  return found
}

class Copy {
  readonly #edits: ReadonlyMap<string, readonly Edit[]>
  /** Whether a file of src/ leads to the fault. */
  readonly #leads = new Map<string, boolean>()

  constructor({ edits }: PlantedFault) {
    this.#edits = Map.groupBy(edits, ({ file }) => `${ROOT}src/${file}`)
  }

  contains(file: string): boolean {
    if (file.startsWith(`${ROOT}src/`)) return this.#leadsToFault(file)
    return file.startsWith(`${ROOT}test/simulation/`) && !file.startsWith(PLATFORM)
  }

  #leadsToFault(file: string): boolean {
    const visited = new Set([file])
    for (const next of visited) {
      const known = this.#leads.get(next)
      if (known || this.#edits.has(next)) {
        this.#leads.set(file, true)
        return true
      }
      if (known === undefined) for (const imported of importsOf(next)) visited.add(imported)
    }
    for (const one of visited) this.#leads.set(one, false)
    return false
  }

  /** The text of a file with the fault; null if it does not belong into this file. */
  sourceOf(file: string): string | null {
    const edits = this.#edits.get(file)
    return edits ? edited(file, edits) : null
  }
}

const edited = (file: string, edits: readonly Edit[]): string => {
  let source = readFileSync(new URL(file), 'utf8')
  for (const { from, to } of edits) {
    if (source.split(from).length !== 2) throw new Error(`The planted fault does not fit any more: ${file} does not contain once: ${from}`)
    source = source.replace(from, () => to)
  }
  return source
}

const copies = new Map<string, Copy>()
/** The query string in the addresses of the newest copy's modules. */
let newest: string | null = null

/** Plants a fault: what is imported after this call is loaded into a copy with the fault. */
export const plant = (fault: PlantedFault): void => {
  newest = `fault=${fault.name}`
  copies.set(newest, new Copy(fault))
}

registerHooks({
  resolve: (specifier, context, nextResolve) => {
    if (specifier === 'cloudflare:workers') return nextResolve(WORKERS, context)
    const { parentURL = ROOT } = context
    const [importer = ROOT, copy = newest] = parentURL.split('?')
    if (copy === null) return nextResolve(specifier, context)
    const resolved = nextResolve(specifier, { ...context, parentURL: importer })
    return copies.get(copy)?.contains(resolved.url) ? { ...resolved, url: `${resolved.url}?${copy}` } : resolved
  },
  load: (url, context, nextLoad) => {
    const [file = url, copy] = url.split('?')
    if (copy === undefined) return nextLoad(url, context)
    const source = copies.get(copy)?.sourceOf(file) ?? null
    return source === null ? nextLoad(file, context) : { format: 'module-typescript', source, shortCircuit: true }
  },
})
