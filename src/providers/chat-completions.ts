import { type HttpClient, sendRequest } from './http.ts'
import { type Model, withRetry } from './model.ts'

export interface ChatApi {
  /** The base URL of `POST /chat/completions`. */
  readonly url: string
  readonly key: string | null
  readonly model: string
}

/** A model behind an OpenAI-compatible `/chat/completions`. */
export const createChatCompletions = ({ url, key, model }: ChatApi, client: HttpClient): Model =>
  withRetry(async (turns) => {
    const response = await sendRequest(client, `${url}/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(key !== null && { Authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, messages: turns.map(({ role, text }) => ({ role, content: text })) }),
    })
    if (!response || response.status >= 500 || response.status === 408 || response.status === 429) return undefined
    return response.status === 200 ? contentOf(response.json) : null
  })

const contentOf = (json: unknown): string | undefined => {
  const choices = fieldOf(json, 'choices')
  const content = fieldOf(fieldOf(Array.isArray(choices) ? choices[0] : null, 'message'), 'content')
  return typeof content === 'string' ? content : undefined
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
