/** The package has types only for its main module, which is not used (argon2id.ts). */
declare module 'argon2id/lib/blake2b.js' {
  interface Blake2b {
    update(input: Uint8Array): Blake2b
    digest(): ArrayBuffer
  }
  const createBlake2b: (outputLength: number) => Blake2b
  export default createBlake2b
}
