import { median } from './load.ts'
import { serve } from './runtime.ts'
import { concordServer } from './workers.ts'

/**
 * Measures the CPU time of the runtime from its start to its first response: with Concord, and with an empty Worker that has
 * the same bindings. The difference is Concord's own cost. (Most of the wall time is the harness's.)
 */
export const measureStart = async (starts: number): Promise<{ readonly programMs: number; readonly emptyMs: number }> => {
  const cpuToFirstResponse = async (worker: ReturnType<typeof concordServer>): Promise<number> => {
    const runtime = await serve({ root: import.meta.dirname, workers: [worker] })
    const ms = runtime.served('start').cpuMs()
    await runtime.close()
    return ms
  }
  const ours: number[] = []
  const empty: number[] = []
  for (let n = 0; n < starts; n++) {
    ours.push(await cpuToFirstResponse(concordServer('start', 'start')))
    empty.push(await cpuToFirstResponse(concordServer('start', 'start', { main: 'bindings-only' })))
  }
  return { programMs: median(ours), emptyMs: median(empty) }
}
