/** The five contracts, by the names of their original servers. */
export const CONTRACTS = ['facility', 'matrimony', 'meetups', 'mindharmony', 'recovery'] as const

export type ContractName = (typeof CONTRACTS)[number]
