import { DurableObject } from 'cloudflare:workers'

/** A Worker with the program's bindings and nothing in it: what a start costs before there is a program. */

export class AlarmDispatcher extends DurableObject {}
export class SupportDesk extends DurableObject {}
export class SupportRoom extends DurableObject {}

export default { fetch: () => new Response('{}') } satisfies ExportedHandler
