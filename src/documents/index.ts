import { createDocument, type Documentation, type OpenApiDocument } from '../http/openapi/document.ts'
import type { Contract } from '../http/routing/contract.ts'
import { facility } from './facility.ts'
import { matrimony } from './matrimony.ts'
import { meetups } from './meetups.ts'
import { mindharmony } from './mindharmony.ts'
import { recovery } from './recovery.ts'

/** The parts of each contract that only its document contains. The Worker does not need them to answer requests. */
export const DOCUMENTATION = new Map<string, Documentation>(Object.entries({ facility, matrimony, meetups, mindharmony, recovery }))

/** The OpenAPI document of a contract, for a server with this origin. */
export const documentOf = (contract: Contract, origin: string): OpenApiDocument => {
  const documentation = DOCUMENTATION.get(contract.name)
  if (!documentation) throw new Error(`${contract.name} has no documentation`)
  return createDocument(contract, documentation, origin)
}
