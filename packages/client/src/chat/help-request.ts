import { type ChatServer, request } from './http.ts'
import { asText, fieldsOf, textOrNull } from './values.ts'

export interface ReceivedCall {
  readonly alarmId: string
  /** What the person hears in an emergency, if their scenario has music. */
  readonly musicUrl: string | null
  /** The names of contacts without an address that a message can be sent to. */
  readonly unreachable: readonly string[]
}

/**
 * The request of a call for help, for `createHelpCall`. It opens an alarm for the account, or joins the open one; a request that is
 * repeated with the same id starts nothing. It works also for an account that has not chosen a scenario.
 */
export const helpRequest =
  (server: ChatServer) =>
  async (callId: string): Promise<ReceivedCall> => {
    const response = await request(server, '/support/help/', { body: JSON.stringify({ call_id: callId }) })
    const { alarm_id, music_url, unreachable } = fieldsOf(await response.json())
    return {
      alarmId: asText(alarm_id),
      musicUrl: textOrNull(music_url),
      unreachable: (Array.isArray(unreachable) ? unreachable : []).map(asText),
    }
  }
