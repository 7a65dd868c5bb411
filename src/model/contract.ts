/** The five contracts, by the names of their original servers. */
export const CONTRACTS = ['facility', 'matrimony', 'meetups', 'mindharmony', 'recovery'] as const

export type ContractName = (typeof CONTRACTS)[number]

/** Null for what has routes of its own, such as the console. */
export const contractNamed = (name: string): ContractName | null => CONTRACTS.find((contract) => contract === name) ?? null
