import { consoleApi } from './console/index.ts'
import { pages } from './console/pages.ts'
import { facility } from './dialects/facility/index.ts'
import { matrimony } from './dialects/matrimony/index.ts'
import { meetups } from './dialects/meetups/index.ts'
import { mindharmony } from './dialects/mindharmony/index.ts'
import { recovery } from './dialects/recovery/index.ts'
import { contractOf } from './http/dialect.ts'
import { originOf } from './http/origin.ts'
import { siteOf } from './site/index.ts'

/** The five contracts. Each one defines its own routes. The Worker does not start if two contracts define the same route. */
export const contracts = [mindharmony, facility, matrimony, recovery, meetups].map(contractOf)

/** Everything that has routes: the contracts, the console's API and pages, and the site. */
export const allContracts = [...contracts, contractOf(consoleApi), pages, siteOf(contracts)]

export const handleRequest = originOf(allContracts)
