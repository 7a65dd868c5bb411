import { CONTRACTS, type ContractName } from '../../../model/contract.ts'
import { authUser, session, token } from './common.ts'
import { FACILITY_MODELS, facility, laterFacilityUser } from './facility.ts'
import { laterMessage, laterSubscription, MATRIMONY_MODELS } from './matrimony.ts'
import { MEETUPS_MODELS } from './meetups.ts'
import { MINDHARMONY_MODELS } from './mindharmony.ts'
import type { ModelDefinition } from './model.ts'
import { RECOVERY_MODELS } from './recovery.ts'

/** The five originals, and how their databases are distinguished. */

/** Models of more than one original. They do not show which one a source is of. */
const SHARED: readonly ModelDefinition[] = [authUser, token, session]

export interface Original {
  /** The models that only this original has. */
  readonly models: readonly ModelDefinition[]
  /** The models of its newest version, if that differs in more than a column. */
  readonly later: readonly ModelDefinition[]
  /** The beginnings of the names of its other tables, and why their rows are not imported. */
  readonly otherTables?: { readonly prefix: RegExp; readonly stays: string }
  /** The folder of uploads that rows name. */
  readonly uploads?: string
  /** What opens its API: tokens of Django REST framework, or sessions of Django. */
  readonly credentials: { readonly tokens: boolean; readonly sessions: boolean }
}

const TOKENS_ONLY = { tokens: true, sessions: false }
const SESSIONS_ONLY = { tokens: false, sessions: true }

export const ORIGINALS: Readonly<Record<ContractName, Original>> = {
  facility: {
    models: FACILITY_MODELS,
    later: [laterFacilityUser, facility],
    otherTables: { prefix: /^core[._]/, stays: 'the contract has no curriculum, no answers to it and no reports on it' },
    credentials: SESSIONS_ONLY,
  },
  matrimony: {
    models: MATRIMONY_MODELS,
    later: [laterSubscription, laterMessage],
    uploads: 'profile_img',
    credentials: TOKENS_ONLY,
  },
  meetups: { models: MEETUPS_MODELS, later: [], credentials: SESSIONS_ONLY },
  mindharmony: { models: MINDHARMONY_MODELS, later: [], uploads: 'profile_pictures', credentials: TOKENS_ONLY },
  recovery: { models: RECOVERY_MODELS, later: [], credentials: TOKENS_ONLY },
}

export const ALL_MODELS: readonly ModelDefinition[] = [...SHARED, ...CONTRACTS.flatMap((contract) => ORIGINALS[contract].models)]
