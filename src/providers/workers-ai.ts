import { withTimeout } from '../model/timeout.ts'
import { type Model, withRetry } from './model.ts'

/** The platform's model binding. */
export interface AiBinding {
  run(model: string, input: { messages: { role: string; content: string }[] }): Promise<unknown>
}

/** Not in the default configuration: with this binding, `wrangler dev` requires a Cloudflare log-in. */
export const createWorkersAi = (binding: AiBinding, model: string, timeoutMs: number): Model =>
  withRetry(async (turns) => {
    try {
      const messages = turns.map(({ role, text }) => ({ role, content: text }))
      const result = await withTimeout(binding.run(model, { messages }), timeoutMs)
      const reply: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'response') : undefined
      return typeof reply === 'string' ? reply : undefined
    } catch {
      return undefined
    }
  })
