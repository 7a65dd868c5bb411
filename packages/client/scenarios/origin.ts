/** The server that a scenario uses: its argument. */
export const baseUrl = process.argv[2] ?? 'http://localhost:8787'

/** A username that is not taken. */
export const newUsername = (): string => `s${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`

/** The smallest picture: one pixel. */
export const picture = new Blob(
  [
    Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), (character) =>
      character.charCodeAt(0),
    ),
  ],
  { type: 'image/png' },
)

export const PASSWORD = 'correct horse 7'
