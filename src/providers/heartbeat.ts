import { type HttpClient, sendRequest } from './http.ts'

/** Notifies a monitor that the service works. False if the monitor did not confirm it. */
export type Heartbeat = () => Promise<boolean>

/** Many monitors have a URL for each check, and expect requests to it at an interval: they notify the operator if none comes. */
export const createHeartbeat =
  (url: string, client: HttpClient): Heartbeat =>
  async () => {
    const response = await sendRequest(client, url, { method: 'POST' })
    return response !== null && response.status >= 200 && response.status < 300
  }
