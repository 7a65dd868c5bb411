/**
 * The sound of an open alarm. It is computed, so no file has to be loaded, and it is one looped buffer: browsers slow down the
 * timers of a page in the background, but not a buffer that plays.
 */

const LOOP_SECONDS = 2
const VOLUME = 0.5
/** Two tones, then silence. */
const TONES = [
  { hertz: 880, from: 0, to: 0.35 },
  { hertz: 660, from: 0.4, to: 0.75 },
] as const
const FADE_SECONDS = 0.02

export class AlarmSound {
  readonly #onChange: () => void
  #context: AudioContext | null = null
  #source: AudioBufferSourceNode | null = null

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Browsers allow sound only after the user has pressed a key or a button on this page. */
  get isAllowed(): boolean {
    return this.#context?.state === 'running'
  }

  get isPlaying(): boolean {
    return this.#source !== null
  }

  /** Called at each press of a key or a button. Before the first one, the browser keeps the sound suspended. */
  unlock(): void {
    if (this.#context === null) {
      this.#context = new AudioContext()
      this.#context.addEventListener('statechange', this.#onChange)
    }
    // It is rejected while the browser does not allow sound. The page shows that by `isAllowed`.
    if (!this.isAllowed) void this.#context.resume().catch(() => undefined)
  }

  /** Plays until `stop` is called. If sound is not allowed yet, it starts as soon as it is. */
  play(): void {
    this.unlock()
    const context = this.#context
    if (context === null || this.#source !== null) return
    this.#source = context.createBufferSource()
    this.#source.buffer = alarmBuffer(context)
    this.#source.loop = true
    this.#source.connect(context.destination)
    this.#source.start()
  }

  stop(): void {
    this.#source?.stop()
    this.#source?.disconnect()
    this.#source = null
  }
}

const alarmBuffer = (context: AudioContext): AudioBuffer => {
  const { sampleRate } = context
  const buffer = context.createBuffer(1, LOOP_SECONDS * sampleRate, sampleRate)
  const samples = buffer.getChannelData(0)
  for (const { hertz, from, to } of TONES) {
    for (let index = Math.floor(from * sampleRate); index < to * sampleRate; index++) {
      const at = index / sampleRate
      // Without the fade, each tone starts and ends with a click.
      const fade = Math.min(1, (at - from) / FADE_SECONDS, (to - at) / FADE_SECONDS)
      samples[index] = VOLUME * fade * Math.sin(2 * Math.PI * hertz * at)
    }
  }
  return buffer
}
