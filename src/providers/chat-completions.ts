import { ask, type Wire } from './http.ts'
import { asking, type Model } from './model.ts'

export interface ChatApi {
  /** Where `POST /chat/completions` is. */
  readonly url: string
  readonly key: string | null
  readonly model: string
}

/** Any model behind an OpenAI-compatible `/chat/completions`. */
export const createChatCompletions = ({ url, key, model }: ChatApi, wire: Wire): Model =>
  asking(async (turns) => {
    const heard = await ask(wire, `${url}/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(key !== null && { Authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, messages: turns.map(({ role, text }) => ({ role, content: text })) }),
    })
    if (!heard || heard.status >= 500 || heard.status === 408 || heard.status === 429) return undefined
    return heard.status === 200 ? contentOf(heard.json) : null
  })

const contentOf = (json: unknown): string | undefined => {
  const choices = at(json, 'choices')
  const content = at(at(Array.isArray(choices) ? choices[0] : null, 'message'), 'content')
  return typeof content === 'string' ? content : undefined
}

const at = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined)
