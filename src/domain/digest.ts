import { hex } from '../model/hex.ts'

/** SHA-256, for what is looked up but must not be readable in the database. */
export const digestOf = async (text: string): Promise<string> => hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
