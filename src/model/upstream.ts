import { CONTRACTS, type ContractName, contractNamed } from './contract.ts'

/** How a contract is taken over from its former server, step by step. docs/moving.md has the order and the way back. */

/**
 * `proxy`: the former server answers everything. `shadow`: the same, and our answers to the same requests are compared. `adopt`: we
 * answer, and try unknown log-ins there.
 */
type UpstreamMode = 'proxy' | 'shadow' | 'adopt'

export interface Upstream {
  readonly mode: UpstreamMode
  /** Without a slash at the end. */
  readonly origin: string
}

export type Upstreams = Readonly<Record<ContractName, Upstream | undefined>>

const MODES: readonly UpstreamMode[] = ['proxy', 'shadow', 'adopt']

/** `proxy https://old.example.com`. Plain HTTP is for a server on this machine only. `undefined`: none; null: not written like that. */
export const parseUpstream = (text: string): Upstream | null | undefined => {
  const [name, address = '', ...more] = text.trim().split(/\s+/)
  if (name === '' || (name === 'own' && more.length === 0)) return undefined
  const mode = MODES.find((one) => one === name)
  if (mode === undefined || more.length > 0 || !URL.canParse(address)) return null
  const { origin, protocol, hostname } = new URL(address)
  if (origin !== address.replace(/\/$/, '')) return null
  const isLocal = protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname)
  return protocol === 'https:' || isLocal ? { mode, origin } : null
}

/** Null if no contract has a former server: then no request is looked at for it. */
export const upstreamsOf = (upstreams: Upstreams): Upstreams | null =>
  CONTRACTS.some((contract) => upstreams[contract]) ? upstreams : null

export const upstreamOf = (upstreams: Upstreams, contract: string): Upstream | undefined => {
  const name = contractNamed(contract)
  return name ? upstreams[name] : undefined
}

/** Why a request was not answered. `loop`: the address leads back to us. */
export type NotForwarded = 'unreachable' | 'timeout' | 'loop'

/** What a client presents: a token of Django REST framework, the key of a session, or a token of a pair. */
export interface FormerToken {
  readonly kind: 'token' | 'session' | 'access' | 'refresh'
  readonly key: string
}

/** With what each former server finds out who calls. That of recovery has no route that answers with the caller. */
const TOKEN_KINDS: Readonly<Record<ContractName, readonly FormerToken['kind'][]>> = {
  facility: ['session'],
  matrimony: ['token'],
  meetups: ['access', 'refresh'],
  mindharmony: ['token'],
  recovery: [],
}

export const isIssuedBy = (contract: ContractName, kind: FormerToken['kind']): boolean => TOKEN_KINDS[contract].includes(kind)

/** A person whom a former server has authenticated. What its response does not contain is null. */
export interface FormerPerson {
  readonly username: string
  readonly email: string
  readonly number: number | null
  readonly profileNumber: number | null
  readonly uuid: string | null
  readonly objectId: string | null
}

interface FormerLogIn {
  readonly person: FormerPerson
  /** The token of Django REST framework: an account has only one. Null for other kinds. */
  readonly token: string | null
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** A log-in waits no longer for a former server. While one may be asked, every failed log-in of its contract takes this time. */
export const LOGIN_TIMEOUT_MS = 3000

/** How long an attempt at a former server takes at most. No other one for the same name begins before. */
export const ATTEMPT_MS = 2800

/** When a token that was not accepted may be tried again. */
export const TOKEN_RETRY_MS = 60_000

export interface FormerServer {
  /** Tries a log-in, once. Null: it was rejected, or there was no answer in time. */
  logIn(upstream: Upstream, contract: ContractName, credentials: Credentials, address: string | null): Promise<FormerLogIn | null>
  /** The person whose token it is, by the same rules. */
  findPerson(upstream: Upstream, contract: ContractName, token: FormerToken, address: string | null): Promise<FormerPerson | null>
  forward(upstream: Upstream, request: Request, address: string | null): Promise<Response | NotForwarded>
}

/** An answer of ours that was compared. */
export interface ShadowAnswer {
  readonly contract: string
  /** The route's pattern, never the path. */
  readonly route: string
  /** How our answer differs from that of the former server. No personal data. */
  readonly differences: readonly string[]
}
