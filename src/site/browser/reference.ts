/** The API reference page: one Swagger UI for the five documents, and one log-in for all of them. */

interface SwaggerUi {
  preauthorizeApiKey(scheme: string, value: string): void
}

declare const SwaggerUIBundle: (options: Record<string, unknown>) => SwaggerUi

const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-contract]')]
const form = document.querySelector<HTMLFormElement>('#login')
const loginStatus = document.querySelector<HTMLOutputElement>('#login-status')

let token: string | null = null
let ui: SwaggerUi | null = null

const authorize = () => {
  if (ui && token) ui.preauthorizeApiKey('token', `Token ${token}`)
}

const contractFromHash = (): string => {
  const hashName = location.hash.slice(1).split('/')[0]
  return links.find((link) => link.dataset.contract === hashName)?.dataset.contract ?? links[0]?.dataset.contract ?? ''
}

let currentName = ''

const showContract = () => {
  const name = contractFromHash()
  if (name === currentName) return
  currentName = name
  for (const link of links) {
    if (link.dataset.contract === name) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  ui = SwaggerUIBundle({
    url: `/docs/openapi/${name}.json`,
    dom_id: '#reference',
    deepLinking: false,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    validatorUrl: null,
    withCredentials: true,
    onComplete: authorize,
  })
}

const logIn = async (username: string, password: string): Promise<string> => {
  const response = await fetch('/api/v1/user/login/', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const json: unknown = await response.json()
  if (typeof json !== 'object' || json === null) return 'The server sent no valid response.'
  if ('token' in json && typeof json.token === 'string') {
    token = json.token
    authorize()
    return `Logged in as ${username}.`
  }
  return Object.values(json).map(String).join(' ')
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const data = new FormData(form)
  const message = await logIn(String(data.get('username')), String(data.get('password'))).catch(() => 'The server did not respond.')
  if (loginStatus) loginStatus.value = message
})

// Swagger UI needs a class for dark mode. The rest of the page uses a media query.
const darkScheme = matchMedia('(prefers-color-scheme: dark)')
const applyColorScheme = () => document.documentElement.classList.toggle('dark-mode', darkScheme.matches)
darkScheme.addEventListener('change', applyColorScheme)
applyColorScheme()

addEventListener('hashchange', showContract)
showContract()
