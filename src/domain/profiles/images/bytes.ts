/** The byte at an index, or -1 beyond the end. No format uses -1, so every comparison with it fails. */
export const byteAt = (bytes: Uint8Array, index: number): number => bytes[index] ?? -1

export const ascii = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
