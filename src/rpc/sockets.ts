import type { Env } from '../env.ts'
import type { SocketGateway } from '../http/request/websocket.ts'
import { CONNECTION_HEADER, desksOf } from '../model/support.ts'

/** Forwards a WebSocket handshake to the object that keeps the connection. */
export const createSockets = (env: Env): SocketGateway => ({
  connect: (handshake, target, connection) => {
    const object = target === 'desk' ? env.SUPPORT_DESK.getByName(desksOf(connection.id)[0]) : env.SUPPORT_ROOM.getByName(String(target.id))
    const headers = new Headers(handshake.headers)
    headers.set(CONNECTION_HEADER, encodeURIComponent(JSON.stringify({ person: target === 'desk' ? null : target, connection })))
    return object.fetch(new Request(handshake.url, { headers }))
  },
})
