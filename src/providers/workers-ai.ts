import { type Model, withRetry } from './model.ts'

/** The platform's model binding. */
export interface AiBinding {
  run(model: string, input: { messages: { role: string; content: string }[] }): Promise<unknown>
}

/** Not in the default configuration: with this binding, `wrangler dev` requires a Cloudflare log-in. */
export const createWorkersAi = (binding: AiBinding, model: string, timeoutMs: number): Model =>
  withRetry(async (turns) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs)
    })
    const response = binding.run(model, { messages: turns.map(({ role, text }) => ({ role, content: text })) }).then(
      (result) => (typeof result === 'object' && result !== null ? Reflect.get(result, 'response') : undefined),
      () => undefined,
    )
    const reply: unknown = await Promise.race([response, timeout])
    clearTimeout(timer)
    return typeof reply === 'string' ? reply : undefined
  })
