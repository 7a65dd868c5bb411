/** Node can compile WebAssembly at run time. The Worker types do not declare this, because the platform forbids it. */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<Module>
}
