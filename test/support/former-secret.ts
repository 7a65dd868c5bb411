/** The key with which the former server of meetups signed the tokens in the tests. */
export const FORMER_JWT_SECRET = 'fixture-meetups-90d2e7aa41-not-a-real-key'
