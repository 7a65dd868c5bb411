import { errorIn, textAt } from './responses.ts'

/**
 * Who tries the requests. The token is kept as long as the tab: it survives a reload, and the next user of this computer does not
 * find it.
 */

export interface Account {
  readonly username: string
  readonly token: string
}

const KEY = 'concord.docs'

const parseAccount = (value: unknown): Account | null => {
  const [username, token] = [textAt(value, 'username'), textAt(value, 'token')]
  return token === '' ? null : { username, token }
}

/** A browser that blocks the storage throws. Then the log-in lasts as long as the page. */
const loadAccount = (): Account | null => {
  try {
    return parseAccount(JSON.parse(sessionStorage.getItem(KEY) ?? 'null'))
  } catch {
    return null
  }
}

const saveAccount = (account: Account | null): void => {
  try {
    if (account) sessionStorage.setItem(KEY, JSON.stringify(account))
    else sessionStorage.removeItem(KEY)
  } catch {
    // The same.
  }
}

const NO_RESPONSE = 'The server did not respond.'

const logIn = async (username: string, password: string): Promise<Account | string> => {
  const response = await fetch('/api/v1/user/login/', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const json: unknown = await response.json().catch(() => null)
  const token = textAt(json, 'token')
  return token === '' ? errorIn(json) : { username, token }
}

/** `onChange` is also called for an account that was logged in before a reload. */
export const createAccountBar = (element: HTMLElement, onChange: (account: Account | null) => void): void => {
  const form = element.querySelector('form')
  const status = element.querySelector('output')
  const logOutButton = element.querySelector<HTMLButtonElement>('#logout')
  if (!form || !status || !logOutButton) throw new Error('the log-in form is incomplete')
  let account: Account | null = null

  const show = (next: Account | null, message: string): void => {
    account = next
    saveAccount(next)
    form.hidden = next !== null
    logOutButton.hidden = next === null
    status.value = message
    onChange(next)
  }

  /** The token may have been revoked since. */
  const check = async ({ token }: Account): Promise<void> => {
    const response = await fetch('/api/users/me/', { headers: { Authorization: `Token ${token}` } })
    if (response.status === 401 && account?.token === token) show(null, 'You were logged out.')
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const data = new FormData(form)
    const result = await logIn(String(data.get('username')), String(data.get('password'))).catch(() => NO_RESPONSE)
    if (typeof result === 'string') {
      status.value = result
      return
    }
    form.reset()
    show(result, `Logged in as ${result.username}.`)
    logOutButton.focus()
  })

  logOutButton.addEventListener('click', async () => {
    const ended = account
    // Here the log-out counts in any case. If the server can be reached, the token is revoked, too.
    show(null, 'Logged out.')
    form.querySelector('input')?.focus()
    if (!ended) return
    const headers = { Authorization: `Token ${ended.token}` }
    const response = await fetch('/api/v1/user/logout/', { method: 'POST', headers }).catch(() => null)
    if (!response) status.value = 'Logged out here. The server did not respond, so the token still counts until it expires.'
  })

  const before = loadAccount()
  if (!before) return
  show(before, `Logged in as ${before.username}.`)
  void check(before).catch(() => undefined)
}
