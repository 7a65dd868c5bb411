import { asking, type Model } from './model.ts'

/** The platform's models, as their binding has them. */
export interface AiBinding {
  run(model: string, input: { messages: { role: string; content: string }[] }): Promise<unknown>
}

/** Never in the default configuration: with the binding, `wrangler dev` asks for a log-in. */
export const createWorkersAi = (binding: AiBinding, model: string, timeoutMs: number): Model =>
  asking(async (turns) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const tooLate = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs)
    })
    const said = binding.run(model, { messages: turns.map(({ role, text }) => ({ role, content: text })) }).then(
      (answer) => (typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'response') : undefined),
      () => undefined,
    )
    const reply: unknown = await Promise.race([said, tooLate])
    clearTimeout(timer)
    return typeof reply === 'string' ? reply : undefined
  })
