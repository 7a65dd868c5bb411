import type { AssistantSettings } from '../model/settings.ts'
import { createChatCompletions } from './chat-completions.ts'
import { createHttpClient } from './http.ts'
import type { Model } from './model.ts'
import { createWorkersAi } from './workers-ai.ts'

/** The language model that the settings name; `builtin` if they name none. */
export const createModel = ({ url, key, model, timeoutMs }: AssistantSettings, ai: Ai | undefined, builtin: Model): Model => {
  if (model === null) return builtin
  if (url !== null) return createChatCompletions({ url, key, model }, createHttpClient(timeoutMs))
  if (!ai) throw new Error('ASSISTANT_MODEL requires ASSISTANT_URL or the AI binding')
  // The binding has a type for each model name, but here the name is a setting of the operator.
  return createWorkersAi({ run: (name, input) => ai.run(name, input) }, model, timeoutMs)
}
