import { CONTRACTS, type ContractName } from './contract.ts'

/** How a contract is taken over from its former server, step by step. docs/moving.md has the order and the way back. */

/** `proxy`: the former server answers everything. `shadow`: the same, and our answers to the same requests are compared. */
type UpstreamMode = 'proxy' | 'shadow'

export interface Upstream {
  readonly mode: UpstreamMode
  /** Without a slash at the end. */
  readonly origin: string
}

export type Upstreams = Readonly<Record<ContractName, Upstream | undefined>>

const MODES: readonly UpstreamMode[] = ['proxy', 'shadow']

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
  const name = CONTRACTS.find((one) => one === contract)
  return name && upstreams[name]
}

/** Why a request was not answered. `loop`: the address leads back to us. */
export type NotForwarded = 'unreachable' | 'timeout' | 'loop'

export interface FormerServer {
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
