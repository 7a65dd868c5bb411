import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'

/** Where staff watch all rooms. Its sockets come with the support chat. */
export class SupportDesk extends DurableObject<Env> {}
