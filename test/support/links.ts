import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createContext } from '../../src/compose.ts'
import type { Context } from '../../src/domain/context.ts'
import type { Message } from '../../src/providers/carrier.ts'
import { ORIGIN, readResponse, type TestResponse } from './call.ts'
import { handleWith } from './worker-context.ts'

/** Requests to a Worker whose messages have links: the tests' own configuration has no PUBLIC_URL. */

const PUBLIC_URL = 'https://help.example'

interface RequestInput {
  readonly form?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly as?: string
  readonly address?: string
}

export const linkWorker = (settings: Readonly<Record<string, string>> = {}, changes: Partial<Context> = {}) => {
  const sent: Message[] = []
  const variables = { ...env, PUBLIC_URL, ...settings }
  const email: Context['carriers']['email'] = {
    name: 'email',
    send: async (message) => {
      sent.push(message)
      return { type: 'sent', reference: null }
    },
  }
  /** The response, when the work after it has ended. */
  const send = async (method: string, path: string, { form, json, as, address }: RequestInput = {}): Promise<TestResponse> => {
    const execution = createExecutionContext()
    const context = createContext(variables, execution)
    const headers = new Headers()
    if (as !== undefined) headers.set('Authorization', as)
    if (json !== undefined) headers.set('Content-Type', 'application/json')
    if (address !== undefined) headers.set('CF-Connecting-IP', address)
    const body = json !== undefined ? JSON.stringify(json) : form && new URLSearchParams(form)
    const request = new Request(new URL(path, ORIGIN), { method, headers, ...(body !== undefined && { body }) })
    const response = await readResponse(await handleWith(request, { ...context, carriers: { ...context.carriers, email }, ...changes }))
    await waitOnExecutionContext(execution)
    return response
  }
  return { send, sent, to: (address: string) => sent.filter((message) => message.address === address) }
}

/** The path of the link in a message, with its query. */
export const linkIn = (body: string): string => {
  const [, path] = /https:\/\/help\.example(\/\S+)/.exec(body) ?? []
  if (path === undefined) throw new Error('the message has no link')
  return path
}

export const tokenIn = (body: string): string => new URL(linkIn(body), ORIGIN).searchParams.get('token') ?? ''
