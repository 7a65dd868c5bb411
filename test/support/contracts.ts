import { env } from 'cloudflare:workers'
import { at, call, type Heard, textAt } from './call.ts'
import { freshName, PASSWORD } from './people.ts'

/** What somebody gives of themselves, in whichever contract they register. */
export interface Newcomer {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly phone?: string
}

export const newcomer = (given: Partial<Newcomer> = {}): Newcomer => {
  const username = given.username ?? freshName()
  return { username, email: `${username}@example.com`, password: PASSWORD, ...given }
}

/** One contract's way in. */
export interface Door {
  register(who: Newcomer): Promise<Heard>
  logIn(who: Pick<Newcomer, 'username' | 'password'>): Promise<Heard>
  /** The header that carries what a log-in handed out. */
  credential(loggedIn: Heard): Record<string, string>
  /** What a registration answers when this name, or this e-mail address, is somebody's already. */
  taken(field: 'username' | 'email'): unknown
  /** A request that only the signed-in may make, and the caller's name in its answer. */
  whoAmI(headers: Record<string, string>): Promise<Heard>
  readonly nameAt: readonly string[]
}

const token = (heard: Heard): Record<string, string> => ({ Authorization: `Token ${textAt(heard, 'token')}` })

const takenField = (field: 'username' | 'email') => ({
  [field]: [field === 'username' ? 'A user with that username already exists.' : 'A user with this email already exists.'],
})

export const DOORS = {
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
    credential: (heard) => ({ Cookie: `sessionid=${sessionIn(heard)}` }),
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
    credential: (heard) => ({ Authorization: `Bearer ${textAt(heard, 'access')}` }),
    taken: takenField,
    whoAmI: (headers) => call('GET', '/api/profile/', { headers }),
    nameAt: ['username'],
  },
} satisfies Record<string, Door>

export const CONTRACTS = Object.entries<Door>(DOORS)

/** The token in the session cookie that an answer sets. */
export const sessionIn = (heard: Heard): string => /^sessionid=([^;]+)/.exec(heard.headers.get('Set-Cookie') ?? '')?.[1] ?? ''

export const accountRow = (username: string) => env.DB.prepare('SELECT * FROM accounts WHERE username = ?').bind(username).first()

/** Closes or opens an account as an operator does, behind every contract's back. */
export const setActive = async (username: string, isActive: boolean): Promise<void> => {
  await env.DB.prepare('UPDATE accounts SET is_active = ? WHERE username = ?')
    .bind(isActive ? 1 : 0, username)
    .run()
}

/** The keys of an answer, or of a part of it, in the order in which they were sent. */
export const keysAt = (heard: Heard, ...path: (string | number)[]): string[] => Object.keys(Object(at(heard, ...path)))
