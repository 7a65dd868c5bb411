/** The reference page: one Swagger UI for five documents, and one log-in for all of them. */

interface SwaggerUi {
  preauthorizeApiKey(scheme: string, value: string): void
}

declare const SwaggerUIBundle: (options: Record<string, unknown>) => SwaggerUi

const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-contract]')]
const form = document.querySelector<HTMLFormElement>('#login')
const who = document.querySelector<HTMLOutputElement>('#who')

let token: string | null = null
let ui: SwaggerUi | null = null

const authorize = () => {
  if (ui && token) ui.preauthorizeApiKey('token', `Token ${token}`)
}

const nameInAddress = (): string => {
  const named = location.hash.slice(1).split('/')[0]
  return links.find((link) => link.dataset.contract === named)?.dataset.contract ?? links[0]?.dataset.contract ?? ''
}

let shown = ''

const show = () => {
  const name = nameInAddress()
  if (name === shown) return
  shown = name
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
  const answer: unknown = await response.json()
  if (typeof answer !== 'object' || answer === null) return 'No answer.'
  if ('token' in answer && typeof answer.token === 'string') {
    token = answer.token
    authorize()
    return `Logged in as ${username}.`
  }
  return Object.values(answer).map(String).join(' ')
}

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const given = new FormData(form)
  const said = await logIn(String(given.get('username')), String(given.get('password'))).catch(() => 'The server does not answer.')
  if (who) who.value = said
})

// Swagger UI turns dark by a class, everything else of the page by itself.
const dark = matchMedia('(prefers-color-scheme: dark)')
const darken = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', darken)
darken()

addEventListener('hashchange', show)
show()
