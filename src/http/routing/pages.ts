import { tokenError } from '../request/token-errors.ts'
import { errorResponse } from '../response/errors.ts'
import type { Contract } from './contract.ts'

type Pages = Pick<Contract, 'name' | 'prefixes' | 'routes'>

/** Paths of our own that no document describes: pages, assets, health. Their errors are plain `{"detail": …}`. */
export const pagesContract = ({ name, prefixes, routes }: Pages): Contract => ({
  name,
  title: name,
  prefixes,
  challenge: 'Token',
  routes,
  unauthenticated: tokenError,
  invalid: (errors) => errorResponse(400, errors),
  serverError: { detail: 'Internal server error.' },
})
