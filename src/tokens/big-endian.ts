/** SHA-1, SHA-256 and Blowfish read bytes as big-endian words. */
export const wordsOf = (bytes: Uint8Array): Int32Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(4 * index))
}

export const bytesOf = (words: Int32Array | Uint32Array): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * words.length))
  for (const [index, word] of words.entries()) view.setInt32(4 * index, word)
  return new Uint8Array(view.buffer)
}

const BLOCK_BYTES = 64

/** FIPS 180-4, 5.1.1: a bit, zeros, and the length of the whole message in bits. `bytesBefore` have been processed already. */
export const paddedMessage = (message: Uint8Array, bytesBefore: number): Uint8Array => {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(message)
  padded[message.length] = 0x80
  new DataView(padded.buffer).setUint32(padded.length - 4, (bytesBefore + message.length) * 8)
  return padded
}

/** RFC 2104: the key of the inner or the outer hash. */
export const hmacBlock = (key: Uint8Array, pad: 0x36 | 0x5c): Uint8Array => {
  const block = new Uint8Array(BLOCK_BYTES).fill(pad)
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad
  return block
}

/** RFC 8018: the salt and the number of a block of the result. */
export const saltOfBlock = (salt: Uint8Array, block: number): Uint8Array => {
  const message = new Uint8Array(salt.length + 4)
  message.set(salt)
  new DataView(message.buffer).setUint32(salt.length, block)
  return message
}
