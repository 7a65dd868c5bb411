import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { PLANTED_FAULTS, plantedFault } from '../planted-faults.ts'
import { GATE_FAULTS } from '../replicas/planted-faults.ts'

/**
 * Makes the source files of the Worker loadable in Node: `cloudflare:workers` is replaced, and one fault is planted if
 * `--fault` names one.
 */

const index = process.argv.indexOf('--fault')
const faults = process.argv.includes('--replicas') ? GATE_FAULTS : PLANTED_FAULTS
const fault = index < 0 ? null : plantedFault(faults, process.argv[index + 1] ?? '')

const PLATFORM = new URL('./cloudflare-workers.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === 'cloudflare:workers' ? nextResolve(PLATFORM, context) : nextResolve(specifier, context),
  load: (url, context, nextLoad) => {
    const edits = fault?.edits.filter(({ file }) => url.endsWith(`/src/${file}`)) ?? []
    if (edits.length === 0) return nextLoad(url, context)
    let source = readFileSync(new URL(url), 'utf8')
    for (const { from, to } of edits) {
      if (source.split(from).length !== 2) throw new Error(`The planted fault does not fit any more: ${url} does not contain once: ${from}`)
      source = source.replace(from, () => to)
    }
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})
