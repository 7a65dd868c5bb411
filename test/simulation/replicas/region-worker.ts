import { handleRequest } from '../../../src/app.ts'
import { createContext } from '../../../src/compose.ts'
import type { Env } from '../../../src/env.ts'
import type { SocketGateway } from '../../../src/http/request/websocket.ts'
import type { Revocations } from '../../../src/tokens/revocations.ts'
import type { Region } from './distances.ts'
import type { ReplicatedDatabase } from './replicated-database.ts'

/** The Worker in one region: the whole of it, from the request to the response. Only its bindings are doubles. */

const ORIGIN = 'https://concord.example'

/** A binding of which only a part is needed. */
const standIn = <T>(part: object): T => Object.assign(Object.create(null), part)

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** The token of a credential. A real signature takes real time, which the simulation has not. */
export const tokenOf = (accountId: number, credential: string): string => `${accountId}.${credential}`

const tokens = {
  sign: async () => '',
  verify: async (token: string) => {
    const [accountId = '', credentialId = ''] = token.split('.')
    return {
      type: 'token' as const,
      id: credentialId,
      accountId: Number(accountId),
      credentialId,
      issuedAt: 0,
      expiresAt: Number.MAX_SAFE_INTEGER,
    }
  },
  verifyFormer: async () => 'invalid' as const,
}

/** The list in KV is late, and other isolates have none: only the database rejects a revoked credential. */
const revocations: Revocations = { isListed: () => false, list: async () => undefined, check: async () => undefined }

const NO_SOCKETS: SocketGateway = { connect: () => Promise.reject(new Error('no socket is opened here')) }

export class RegionWorker {
  readonly #env: Env

  constructor(region: Region, database: ReplicatedDatabase, gates: object, hasReplicas: boolean) {
    this.#env = standIn<Env>({
      JWT_SECRET: 'a JWT secret that only the simulation uses',
      OUTBOX_IS_CHANNEL: 'true',
      READ_REPLICAS: String(hasReplicas),
      DB: database.at(region),
      ACCOUNT_GATE: gates,
    })
  }

  async handle(method: string, path: string, token: string, json?: object): Promise<Answer> {
    const context = createContext(this.#env, { waitUntil: (work) => void work.catch(() => undefined) })
    const request = new Request(`${ORIGIN}${path}`, {
      method,
      headers: { Authorization: `Token ${token}`, 'X-Request-Id': 'simulated', ...(json && { 'Content-Type': 'application/json' }) },
      ...(json && { body: JSON.stringify(json) }),
    })
    const response = await handleRequest(request, { context: { ...context, tokens, revocations }, sockets: NO_SOCKETS })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
}
