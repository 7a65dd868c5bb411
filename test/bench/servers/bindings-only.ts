import { DurableObject } from 'cloudflare:workers'

/** An empty Worker with Concord's bindings: the cost of a start without Concord's code. */

export class AccountGate extends DurableObject {}
export class AlarmDispatcher extends DurableObject {}
export class SupportDesk extends DurableObject {}
export class SupportRoom extends DurableObject {}

export default { fetch: () => new Response('{}') } satisfies ExportedHandler
