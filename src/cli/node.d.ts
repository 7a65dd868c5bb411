/** Node compiles WebAssembly at run time; the Worker's types leave that out, since the platform forbids it. */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<Module>
}
