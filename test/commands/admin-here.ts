import { PassThrough } from 'node:stream'
import { runAdmin } from '../../src/cli/admin/run-admin.ts'
import { openPlatform, startRuntime } from '../../src/cli/platform.ts'
import { runHere } from './terminal.ts'

/**
 * Runs commands of `npm run admin` in this process, all on one runtime: a command's own process and its own runtime take a
 * second of CPU time. `bindings` replaces some of the runtime's.
 */
export const createAdmin = (folder: string, bindings: Partial<Awaited<ReturnType<typeof startRuntime>>['env']> = {}) => {
  let runtime: ReturnType<typeof startRuntime> | undefined
  const start: typeof startRuntime = async (options) => {
    runtime ??= startRuntime({ ...options, operator: true })
    return { env: { ...(await runtime).env, ...bindings }, dispose: async () => undefined }
  }
  return {
    run: async (args: readonly string[], input = '') => {
      let out = ''
      const code = await runHere(
        (terminal) => runAdmin([...args, '--persist-to', folder], { terminal, openPlatform: (options) => openPlatform(options, start) }),
        new PassThrough().end(input),
        (chunk) => {
          out += chunk
        },
      )
      return { code, out }
    },
    close: async () => (await runtime)?.dispose(),
  }
}
