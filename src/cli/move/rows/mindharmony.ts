import { picturePath } from '../../../model/picture.ts'
import { authUser } from '../models/common.ts'
import { practiceProfile } from '../models/mindharmony.ts'
import { targetTable } from '../target/table.ts'
import { NO_ACCOUNT, phaseOf, row, stays, textFrom } from './placing.ts'

/** mindharmony: profiles. Its contract accepts a bio of 1,000 characters; a longer one is imported unchanged. */

const TABLE = targetTable('practice_profiles')

const profiles = phaseOf(practiceProfile, TABLE, {
  place: async ({ key, keyText, fields: { user, bio, profile_picture: file } }, around) => {
    const account = around.account(user)
    if (account === null) return stays(NO_ACCOUNT)
    if (!around.claim('practice profile', `${account}`)) return stays('the account has another profile, which is older')
    const picture = file === '' ? null : await around.picture(file, `practice profile ${keyText}`)
    return row(
      `${account}`,
      { account_id: account, bio: textFrom(bio), location: '', former_id: Number(key) },
      {
        notes: [picture && 'reason' in picture ? `it is imported without its picture: ${picture.reason}` : null],
        picture: picture && 'name' in picture ? picturePath(picture.name) : null,
      },
    )
  },
})

/** Accounts without a profile: Django's signal creates it, but does not run for every way to create an account. Clients name a profile by its number, so each account gets one. */
const missing = phaseOf(authUser, TABLE, {
  ledgerModel: `${practiceProfile.name} of accounts without one`,
  place: ({ key }, around) => {
    const account = around.account(key)
    if (account === null || !around.claim('practice profile', `${account}`)) return { type: 'included' }
    return row(`${account}`, { account_id: account, bio: '', location: '', former_id: around.newNumber(practiceProfile) })
  },
})

export const MINDHARMONY_PHASES = [profiles, missing]
