import { exports } from 'cloudflare:workers'

/** What came back, read to its end. */
export interface Heard {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined where there is none. */
  readonly json: unknown
}

interface Call {
  /** `Token …`, `Bearer …`: the whole header. */
  readonly as?: string | undefined
  readonly json?: unknown
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly body?: BodyInit
}

export const ORIGIN = 'https://concord.test'

/** One request to the Worker as it is deployed: `call('POST', '/session/', { as: person.token, json: { … } })`. */
export const call = async (method: string, path: string, { as, json, form, headers = {}, body }: Call = {}): Promise<Heard> => {
  const sent = new Headers(headers)
  if (as !== undefined) sent.set('Authorization', as)
  if (json !== undefined) sent.set('Content-Type', 'application/json')
  const content = json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form) : body
  const request = new Request(new URL(path, ORIGIN), {
    method,
    headers: sent,
    redirect: 'manual',
    ...(content !== undefined && { body: content }),
  })
  return hear(await exports.default.fetch(request))
}

export const hear = async (response: Response): Promise<Heard> => {
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') && text !== ''
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** The value at a path into an answer, for a test that needs it as text: `textAt(heard, 'user', 'id')`. */
export const at = (heard: Heard, ...path: (string | number)[]): unknown => {
  let value = heard.json
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return value
}

export const textAt = (heard: Heard, ...path: (string | number)[]): string => String(at(heard, ...path))
