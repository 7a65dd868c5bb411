import { median } from './load.ts'
import { serve } from './runtime.ts'
import { program } from './workers.ts'

/**
 * What a runtime computes from its start to its first answer, with the program in it and with a Worker that has the same
 * bindings and does nothing: the difference is the program's own. (The time on the wall is mostly the harness's.)
 */
export const measureStart = async (starts: number): Promise<{ readonly programMs: number; readonly emptyMs: number }> => {
  const first = async (worker: ReturnType<typeof program>): Promise<number> => {
    const runtime = await serve({ root: import.meta.dirname, workers: [worker] })
    const ms = runtime.served('start').cpuMs()
    await runtime.close()
    return ms
  }
  const ours: number[] = []
  const empty: number[] = []
  for (let n = 0; n < starts; n++) {
    ours.push(await first(program('start', 'start')))
    empty.push(await first(program('start', 'start', { main: 'bare' })))
  }
  return { programMs: median(ours), emptyMs: median(empty) }
}
