import { env } from 'cloudflare:workers'
import { at, call, type TestResponse, textAt } from './call.ts'
import { freshName, PASSWORD } from './people.ts'

/** Registration data, for any contract. */
export interface Registration {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly phone?: string
}

export const newcomer = (fields: Partial<Registration> = {}): Registration => {
  const username = fields.username ?? freshName()
  return { username, email: `${username}@example.com`, password: PASSWORD, ...fields }
}

/** Registration, log-in and an authenticated request of one contract. */
export interface ContractClient {
  register(registration: Registration): Promise<TestResponse>
  logIn(credentials: Pick<Registration, 'username' | 'password'>): Promise<TestResponse>
  /** The request header with the credential that a log-in issued. */
  credential(login: TestResponse): Record<string, string>
  /** The response body of a registration whose username or e-mail address is taken. */
  taken(field: 'username' | 'email'): unknown
  /** A request that requires authentication; `nameAt` is the path of the caller's username in its response. */
  whoAmI(headers: Record<string, string>): Promise<TestResponse>
  readonly nameAt: readonly string[]
}

const token = (response: TestResponse): Record<string, string> => ({ Authorization: `Token ${textAt(response, 'token')}` })

const takenField = (field: 'username' | 'email') => ({
  [field]: [field === 'username' ? 'A user with that username already exists.' : 'A user with this email already exists.'],
})

export const CONTRACT_CLIENTS = {
  mindharmony: {
    register: ({ username, email, password }) => call('POST', '/user/register/', { json: { username, email, password } }),
    logIn: ({ username, password }) => call('POST', '/user/login/', { json: { username, password } }),
    credential: token,
    taken: takenField,
    whoAmI: (headers) => call('GET', '/user/user-details/', { headers }),
    nameAt: ['user', 'username'],
  },
  facility: {
    register: ({ username, email, password }) =>
      call('POST', '/api/users/', {
        json: { username, email, password, password_confirm: password, display_name: 'PersonRef', facility_id: '234' },
      }),
    logIn: ({ username, password }) => call('POST', '/api/sessions/', { json: { username, password } }),
    credential: (response) => ({ Cookie: `sessionid=${sessionIn(response)}` }),
    taken: (field) => ({ detail: `${field}: ${takenField(field)[field]?.[0]}` }),
    whoAmI: (headers) => call('GET', '/api/users/me/', { headers }),
    nameAt: ['data', 'user', 'username'],
  },
  matrimony: {
    register: ({ username, email, password, phone }) =>
      call('POST', '/users/', {
        json: { username, email, password, first_name: 'Some', last_name: 'One', ...(phone && { phone_number: phone }) },
      }),
    logIn: ({ username, password }) => call('POST', '/users/login/', { json: { username, password } }),
    credential: token,
    taken: (field) => ({
      error: field === 'username' ? 'Username already exists.' : 'Email already exists.',
      [field]: [`A user with this ${field} already exists.`],
    }),
    whoAmI: (headers) => call('GET', '/users/byId/', { headers }),
    nameAt: ['username'],
  },
  recovery: {
    register: ({ username, email, password }) => call('POST', '/api/v1/user/registration/', { json: { username, email, password } }),
    logIn: ({ username, password }) => call('POST', '/api/v1/user/login/', { json: { username, password } }),
    credential: token,
    taken: takenField,
    whoAmI: (headers) => call('GET', '/api/v1/user/sessions/', { headers }),
    nameAt: [],
  },
  meetups: {
    register: ({ username, email, password }) =>
      call('POST', '/api/register/', { json: { username, email, password, password_confirm: password } }),
    logIn: ({ username, password }) => call('POST', '/api/token/', { json: { username, password } }),
    credential: (response) => ({ Authorization: `Bearer ${textAt(response, 'access')}` }),
    taken: takenField,
    whoAmI: (headers) => call('GET', '/api/profile/', { headers }),
    nameAt: ['username'],
  },
} satisfies Record<string, ContractClient>

export const CONTRACTS = Object.entries<ContractClient>(CONTRACT_CLIENTS)

/** The token in the session cookie that a response sets. */
export const sessionIn = (response: TestResponse): string => /^sessionid=([^;]+)/.exec(response.headers.get('Set-Cookie') ?? '')?.[1] ?? ''

export const accountRow = (username: string) => env.DB.prepare('SELECT * FROM accounts WHERE username = ?').bind(username).first()

/** Deactivates or activates an account in the database, without using a contract. */
export const setActive = async (username: string, isActive: boolean): Promise<void> => {
  await env.DB.prepare('UPDATE accounts SET is_active = ? WHERE username = ?')
    .bind(isActive ? 1 : 0, username)
    .run()
}

/** The keys of a response, or of the object at a path in it, in the order in which they were sent. */
export const keysAt = (response: TestResponse, ...path: (string | number)[]): string[] => Object.keys(Object(at(response, ...path)))
