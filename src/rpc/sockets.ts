import type { Env } from '../env.ts'
import type { SocketGateway } from '../http/request/websocket.ts'
import type { Settings } from '../model/settings.ts'
import { CONNECTION_HEADER, desksOf } from '../model/support.ts'
import { objectsOf } from './objects.ts'

/** Forwards a WebSocket handshake to the object that keeps the connection. */
export const createSockets = (env: Env, jurisdiction: Settings['jurisdiction']): SocketGateway => ({
  connect: (handshake, target, connection) => {
    const { SUPPORT_DESK, SUPPORT_ROOM } = objectsOf(env, jurisdiction)
    const object = target === 'desk' ? SUPPORT_DESK.getByName(desksOf(connection.id)[0]) : SUPPORT_ROOM.getByName(String(target.id))
    const headers = new Headers(handshake.headers)
    headers.set(CONNECTION_HEADER, encodeURIComponent(JSON.stringify({ person: target === 'desk' ? null : target, connection })))
    return object.fetch(new Request(handshake.url, { headers }))
  },
})
