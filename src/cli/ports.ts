import { connect, createServer } from 'node:net'

/** Listens on the port for a moment; resolves with the port, or fails with the system's error code. */
const listenOnce = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })

export const freePort = (): Promise<number> => listenOnce(0, '127.0.0.1')

/** `localhost` has an address of each version of IP, and another program may use the port on one of them only. */
const addressesOf = (host: string): readonly string[] => (host === 'localhost' ? ['127.0.0.1', '::1'] : host === '*' ? ['0.0.0.0'] : [host])

/** Other errors do not count: a machine without IPv6 has no `::1`, and the server will report what it cannot listen on. */
export const isPortInUse = async (port: number, host: string): Promise<boolean> => {
  for (const address of addressesOf(host)) {
    const error: unknown = await listenOnce(port, address).then(
      () => null,
      (reason) => reason,
    )
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return true
  }
  return false
}

const CONNECT_TIMEOUT_MS = 1000

/** Whether a program accepts connections at this address. */
export const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS })
    const end = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
    socket.on('timeout', () => end(false))
  })
