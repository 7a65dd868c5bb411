import { requireElement } from './dom.ts'
import { isSoundOff, saveSoundOff } from './saved-state.ts'

/** A short sound for new messages while the page is not looked at, and the switch for it. */

const SECONDS = 0.4
const VOLUME = 0.2
const HERTZ = 660

export class MessageSound {
  readonly #switch = requireElement('sound', HTMLInputElement)
  readonly #hint = requireElement('sound-hint', HTMLElement)
  #context: AudioContext | null = null

  constructor() {
    this.#switch.checked = !isSoundOff()
    this.#switch.addEventListener('change', () => {
      saveSoundOff(!this.#switch.checked)
      this.#render()
      // An example of the sound.
      if (this.#switch.checked) this.#play()
    })
    // Browsers allow sound only after the user has pressed a key or a button on this page.
    for (const type of ['pointerdown', 'keydown', 'click']) addEventListener(type, () => this.#unlock(), { capture: true })
    this.#render()
  }

  /** A message has arrived. */
  onMessage(): void {
    if (this.#switch.checked && document.visibilityState === 'hidden') this.#play()
  }

  #unlock(): void {
    if (this.#context === null) {
      this.#context = new AudioContext()
      this.#context.addEventListener('statechange', () => this.#render())
    }
    // It is rejected while the browser does not allow sound. The hint stays then.
    if (this.#context.state !== 'running') void this.#context.resume().catch(() => undefined)
  }

  #play(): void {
    const context = this.#context
    if (context?.state !== 'running') return
    const end = context.currentTime + SECONDS
    const tone = new OscillatorNode(context, { frequency: HERTZ })
    const volume = new GainNode(context, { gain: VOLUME })
    volume.gain.exponentialRampToValueAtTime(0.001, end)
    tone.connect(volume).connect(context.destination)
    tone.start()
    tone.stop(end)
  }

  #render(): void {
    this.#hint.hidden = !this.#switch.checked || this.#context?.state === 'running'
  }
}
