import { errorIn, textAt } from './responses.ts'

/** The form at /account/join: logs in to the account that is kept, joins the other one to it, and logs out again. */

type Fields = Readonly<Record<'contract' | 'username' | 'password', string>>

type RequestHeaders = Readonly<Record<string, string>>

interface Answer {
  readonly ok: boolean
  readonly json: unknown
}

/** A name is looked up in its contract first, so the log-in has to be that of the contract. That of facility sets a cookie. */
const LOG_INS: Readonly<Record<string, string>> = {
  mindharmony: '/user/login/',
  facility: '/api/sessions/',
  matrimony: '/users/login/',
  recovery: '/api/v1/user/login/',
  meetups: '/api/token/',
}

const post = async (path: string, body: object, headers: RequestHeaders = {}): Promise<Answer> => {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { ok: response.ok, json: await response.json().catch(() => null) }
}

/** Logs in. Returns the headers that authenticate requests, or the text of the error. */
const logIn = async ({ contract, username, password }: Fields): Promise<RequestHeaders | string> => {
  const { ok, json } = await post(LOG_INS[contract] ?? '', { username, password })
  if (!ok) return errorIn(json)
  const [token, access] = [textAt(json, 'token'), textAt(json, 'access')]
  if (token !== '') return { Authorization: `Token ${token}` }
  return access === '' ? {} : { Authorization: `Bearer ${access}` }
}

/** Facility's log-out deletes the cookie as well. */
const logOut = (headers: RequestHeaders): Promise<unknown> =>
  'Authorization' in headers ? post('/api/v1/user/logout/', {}, headers) : fetch('/api/sessions/', { method: 'DELETE' })

/** Returns the username for each contract, or the text of the error if the accounts were not joined. */
const join = async (kept: Fields, other: Fields): Promise<object | string> => {
  const headers = await logIn(kept)
  if (typeof headers === 'string') return `The account that you keep: ${headers}`
  const body = { password: kept.password, contract: other.contract, username: other.username, other_password: other.password }
  const { ok, json } = await post('/account/join', body, headers).finally(() => logOut(headers).catch(() => undefined))
  const usernames: unknown = ok && typeof json === 'object' && json !== null ? Reflect.get(json, 'usernames') : null
  if (typeof usernames === 'object' && usernames !== null) return usernames
  return isAboutOther(json) ? `The other account: ${errorIn(json)}` : errorIn(json)
}

const isAboutOther = (json: unknown): boolean => typeof json === 'object' && json !== null && 'other_password' in json

const form = document.querySelector<HTMLFormElement>('#join')
const error = document.querySelector('#error')
const done = document.querySelector<HTMLElement>('#done')
const button = form?.querySelector('button')
if (!form || !error || !done || !button) throw new Error('the form is incomplete')

const fieldsOf = (which: string): Fields => {
  const data = new FormData(form)
  const value = (name: string) => String(data.get(`${which}-${name}`) ?? '')
  return { contract: value('contract'), username: value('username'), password: value('password') }
}

const showError = (message: string): void => {
  error.replaceChildren(Object.assign(document.createElement('p'), { className: 'error', textContent: message }))
}

/** The names of the contracts as the page shows them. */
const titleOf = (contract: string): string => form.querySelector(`option[value="${contract}"]`)?.textContent ?? contract

const showUsernames = (usernames: object): void => {
  const rows = Object.entries(usernames).flatMap(([contract, username]) => [
    Object.assign(document.createElement('dt'), { textContent: titleOf(contract) }),
    Object.assign(document.createElement('dd'), { textContent: String(username) }),
  ])
  done.querySelector('dl')?.replaceChildren(...rows)
  form.hidden = true
  form.reset()
  done.hidden = false
  done.focus()
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  button.disabled = true
  error.replaceChildren()
  const result = await join(fieldsOf('kept'), fieldsOf('other')).catch(
    () => 'The server did not respond. Your accounts may be joined or not: try again to see.',
  )
  button.disabled = false
  if (typeof result === 'string') showError(result)
  else showUsernames(result)
})
