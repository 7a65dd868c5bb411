import { exports } from 'cloudflare:workers'
import { assertDocumented } from './documented.ts'

/** A response with its body, read completely. */
export interface TestResponse {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined if it is not JSON. */
  readonly json: unknown
}

interface Call {
  /** The whole `Authorization` header: `Token …` or `Bearer …`. */
  readonly as?: string | undefined
  readonly json?: unknown
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly body?: BodyInit
}

export const ORIGIN = 'https://concord.test'

/** Sends one request to the Worker, and fails if the response is not the one that its document describes: `call('POST', '/session/', { as: person.token, json: { … } })`. */
export const call = async (method: string, path: string, { as, json, form, headers = {}, body }: Call = {}): Promise<TestResponse> => {
  const requestHeaders = new Headers(headers)
  if (as !== undefined) requestHeaders.set('Authorization', as)
  if (json !== undefined) requestHeaders.set('Content-Type', 'application/json')
  const content = json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form) : body
  const request = new Request(new URL(path, ORIGIN), {
    method,
    headers: requestHeaders,
    redirect: 'manual',
    ...(content !== undefined && { body: content }),
  })
  const response = await readResponse(await exports.default.fetch(request))
  assertDocumented(request, response)
  return response
}

export const readResponse = async (response: Response): Promise<TestResponse> => {
  const text = await response.text()
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') && text !== ''
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** The value at a path of the response's JSON: `at(response, 'user', 'id')`. */
export const at = (response: TestResponse, ...path: (string | number)[]): unknown => {
  let value = response.json
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return value
}

export const textAt = (response: TestResponse, ...path: (string | number)[]): string => String(at(response, ...path))
