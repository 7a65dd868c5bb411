import { asText } from '#chat/values.ts'
import { ApiError, createApi, errorText } from './api.ts'
import { requireElement, setText } from './dom.ts'
import { parseTexts, valueAt } from './wire.ts'

/** The form that creates an account. The server checks the fields; its errors are shown beside them. */

const SLOW_AFTER_MS = 1_500
const FIELDS = ['username', 'email', 'password'] as const

export class RegisterForm {
  readonly #section = requireElement('register-section', HTMLElement)
  readonly #form = requireElement('register', HTMLFormElement)
  readonly #error = requireElement('register-error', HTMLElement)
  readonly #logIn: (token: string) => Promise<void>

  /** `logIn` gets the token of the new account. */
  constructor(logIn: (token: string) => Promise<void>) {
    this.#logIn = logIn
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#submit()
    })
  }

  show(): void {
    this.#section.hidden = false
    this.#input('username').focus()
  }

  async #submit(): Promise<void> {
    const submit = this.#form.querySelector('button')
    if (submit) submit.disabled = true
    this.#showErrors('', () => '')
    const slowTimer = setTimeout(() => setText(this.#error, 'No connection yet. Still trying…'), SLOW_AFTER_MS)
    try {
      const values = Object.fromEntries(FIELDS.map((name) => [name, this.#input(name).value]))
      const response = await createApi(() => null)('POST', '/user/register/', values)
      setText(this.#error, '')
      this.#form.reset()
      await this.#logIn(asText(valueAt(response, 'token')))
    } catch (error) {
      this.#onFailure(error)
    } finally {
      clearTimeout(slowTimer)
      if (submit) submit.disabled = false
    }
  }

  #onFailure(error: unknown): void {
    const response = error instanceof ApiError ? error.response : null
    const textOf = (name: string): string => parseTexts(valueAt(response, name)).join(' ')
    const invalid = FIELDS.filter((name) => textOf(name) !== '')
    this.#showErrors(invalid.length > 0 ? '' : errorText(error), textOf)
    const [first] = invalid
    if (first) this.#input(first).focus()
  }

  #showErrors(general: string, textOf: (name: string) => string): void {
    setText(this.#error, general)
    for (const name of FIELDS) {
      setText(requireElement(`new-${name}-error`, HTMLElement), textOf(name))
      this.#input(name).setAttribute('aria-invalid', String(textOf(name) !== ''))
    }
  }

  #input(name: (typeof FIELDS)[number]): HTMLInputElement {
    return requireElement(`new-${name}`, HTMLInputElement)
  }
}
