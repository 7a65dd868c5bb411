import { consoleApi } from './console/index.ts'
import { consolePages } from './console/pages.ts'
import { facility } from './dialects/facility/index.ts'
import { matrimony } from './dialects/matrimony/index.ts'
import { meetups } from './dialects/meetups/index.ts'
import { mindharmony } from './dialects/mindharmony/index.ts'
import { recovery } from './dialects/recovery/index.ts'
import { createHandler } from './http/handler.ts'
import { siteOf } from './site/index.ts'

/** The five contracts, each with its routes. Two that claim the same method and path stop the start. */
export const contracts = [mindharmony, facility, matrimony, recovery, meetups]

/** Everything that has routes. */
export const allContracts = [...contracts, consoleApi, consolePages, siteOf(contracts)]

export const handleRequest = createHandler(allContracts)
