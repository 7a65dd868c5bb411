/** The part of Node's module that the compatibility flag `nodejs_als` brings. The types of Workers do not have it. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, work: () => R): R
    getStore(): T | undefined
  }
}
