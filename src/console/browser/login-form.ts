import { errorText } from './api.ts'
import { requireElement, setText } from './dom.ts'

const SLOW_AFTER_MS = 1_500

/** The log-in form of both pages. */
export class LoginForm {
  readonly #section = requireElement('login-section', HTMLElement)
  readonly #form = requireElement('login', HTMLFormElement)
  readonly #error = requireElement('login-error', HTMLElement)

  constructor(logIn: (username: string, password: string) => Promise<void>) {
    this.#form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const data = new FormData(this.#form)
      const submit = this.#form.querySelector('button')
      setText(this.#error, '')
      if (submit) submit.disabled = true
      const slowTimer = setTimeout(() => setText(this.#error, 'No connection yet. Still trying…'), SLOW_AFTER_MS)
      try {
        await logIn(String(data.get('username')), String(data.get('password')))
        setText(this.#error, '')
        this.#form.reset()
      } catch (error) {
        setText(this.#error, errorText(error))
        requireElement('password', HTMLInputElement).select()
      } finally {
        clearTimeout(slowTimer)
        if (submit) submit.disabled = false
      }
    })
  }

  show(message = ''): void {
    this.#section.hidden = false
    setText(this.#error, message)
    requireElement('username', HTMLInputElement).focus()
  }

  hide(): void {
    this.#section.hidden = true
    this.#form.reset()
  }
}
