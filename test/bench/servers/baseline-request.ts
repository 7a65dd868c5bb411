export interface BaselineEnv {
  readonly DB: D1Database
  readonly JWT_SECRET: string
  readonly REVOKED: KVNamespace
  readonly ADDRESS_LIMIT: RateLimit
}

/** The account that makes a request, in the order of the selected columns. */
export interface Bearer {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly email: string
  readonly phoneNumber: string | null
  readonly firstName: string
  readonly lastName: string
  readonly profilePicture: string | null
  readonly subscriptionPlanId: number | null
  readonly isActive: boolean
  readonly isSuspended: boolean
  readonly isAdmin: boolean
  readonly isStaff: boolean
  readonly isSuperuser: boolean
  readonly createdAt: number
  readonly updatedAt: number
  readonly lastLoginAt: number | null
}

/** Who makes a request, by the claims of the token. The statements check it. */
export interface Claimed {
  readonly accountId: number
  readonly credentialId: string
}

interface BaselineRequest<C> {
  readonly request: Request
  readonly env: BaselineEnv
  readonly url: URL
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly caller: C
}

export type Baseline<C extends Claimed | null> = (request: BaselineRequest<C>) => Promise<Response>

export const text = (value: unknown): string => String(value ?? '')
export const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
export const numberOrNull = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))

export const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
