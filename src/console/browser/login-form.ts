import { errorText } from './api.ts'
import { requireElement, setText } from './dom.ts'

const PROBE_AFTER_MS = 800
const SILENT_AFTER_MS = 700

/**
 * Reports that the server cannot be reached. The response to a failed log-in is delayed on purpose, so a late response does not
 * show it: another request does.
 */
const onSilence = (report: () => void): (() => void) => {
  let timer = setTimeout(() => {
    timer = setTimeout(report, SILENT_AFTER_MS)
    fetch('/health').then(
      () => clearTimeout(timer),
      () => undefined,
    )
  }, PROBE_AFTER_MS)
  return () => clearTimeout(timer)
}

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
      const stop = onSilence(() => setText(this.#error, 'No connection yet. Still trying…'))
      try {
        await logIn(String(data.get('username')), String(data.get('password')))
        setText(this.#error, '')
        this.#form.reset()
      } catch (error) {
        setText(this.#error, errorText(error))
        requireElement('password', HTMLInputElement).select()
      } finally {
        stop()
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
