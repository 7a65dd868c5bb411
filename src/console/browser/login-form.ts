import { wordsOf } from './api.ts'
import { need, say } from './dom.ts'

/** The log-in form, which both pages have. */
export class Door {
  readonly #element = need('door', HTMLElement)
  readonly #form = need('login', HTMLFormElement)
  readonly #error = need('login-error', HTMLElement)

  constructor(enter: (username: string, password: string) => Promise<void>) {
    this.#form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const given = new FormData(this.#form)
      const submit = this.#form.querySelector('button')
      say(this.#error, '')
      if (submit) submit.disabled = true
      try {
        await enter(String(given.get('username')), String(given.get('password')))
        this.#form.reset()
      } catch (error) {
        say(this.#error, wordsOf(error))
        need('password', HTMLInputElement).select()
      } finally {
        if (submit) submit.disabled = false
      }
    })
  }

  open(why = ''): void {
    this.#element.hidden = false
    say(this.#error, why)
    need('username', HTMLInputElement).focus()
  }

  close(): void {
    this.#element.hidden = true
  }
}
