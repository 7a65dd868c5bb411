import { formerIdOf, keyOfPairs } from '../../model/former-credential.ts'
import { digestOf } from '../digest.ts'

/** The id of the credential of a token of Django REST framework, or of a Django session: from the key that the client holds. */
export const formerCredentialId = async (key: string): Promise<string> => formerIdOf(await digestOf(key))

/** The id of the credential that all pairs of tokens of an account share: from the account's 24-digit id. */
export const formerPairId = (objectId: string): Promise<string> => formerCredentialId(keyOfPairs(objectId))
