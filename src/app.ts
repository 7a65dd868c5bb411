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

/** The five contracts. Which path is whose stands with the routes; two that claim one path stop the start. */
export const contracts = [mindharmony, facility, matrimony, recovery, meetups].map(contractOf)

/** All that has paths here. */
export const owners = [...contracts, contractOf(consoleApi), pages, siteOf(contracts)]

export const origin = originOf(owners)
