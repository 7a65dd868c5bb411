/** `crypto.randomUUID` is missing on pages that are not a secure context, so the id is made from random bytes. */
export const randomId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
