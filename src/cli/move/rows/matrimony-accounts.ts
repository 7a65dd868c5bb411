import { PLAN_TYPES } from '../../../model/subscription.ts'
import { endsAfterStart, isoDay } from '../../../model/time.ts'
import { customUser, laterSubscription, subscription } from '../models/matrimony.ts'
import { isOf, omittedFrom } from '../models/model.ts'
import { targetTable } from '../target/table.ts'
import { type AccountModel, commonDetails } from './accounts.ts'
import { phaseOf, row, stays, textFrom } from './placing.ts'

/** matrimony: subscription plans, and accounts, which refer to them. */

const PLANS = targetTable('subscription_plans')

/** The newest version writes the types with a capital letter. They are stored as the contract spells them. */
const planType = (type: string): string => PLAN_TYPES.find((known) => known === type.toLowerCase()) ?? textFrom(type)

const plans = phaseOf(subscription, PLANS, {
  place: ({ key, fields }) => {
    if (!endsAfterStart(fields.start_date, fields.end_date)) return stays('it ends before it starts')
    return row(Number(key), {
      plan_type: planType(fields.plan_type),
      start_date: fields.start_date,
      end_date: fields.end_date,
      status: textFrom(fields.status),
      created_at: fields.created_on.getTime(),
      updated_at: fields.updated_on.getTime(),
    })
  },
})

const DURATION = /^(\d{1,3}) (day|month|year)s?$/

/** `3 months`, `10 days`: from the day on which the plan was made. */
const endOf = (start: Date, duration: string): number | null => {
  const [, count, unit] = DURATION.exec(duration.trim().toLowerCase()) ?? []
  if (count === undefined) return null
  const end = new Date(start)
  if (unit === 'day') end.setUTCDate(end.getUTCDate() + Number(count))
  else end.setUTCMonth(end.getUTCMonth() + Number(count) * (unit === 'year' ? 12 : 1))
  return end.getTime()
}

const laterPlans = phaseOf(laterSubscription, PLANS, {
  place: (record) => {
    const { plan_type: type, duration, is_active: isActive, created_on: created, updated_on: updated } = record.fields
    const end = endOf(created, duration)
    if (end === null || end <= created.getTime()) return stays('its duration cannot be read, and a plan has to have an end')
    return row(
      Number(record.key),
      {
        plan_type: planType(type),
        start_date: isoDay(created.getTime()),
        end_date: isoDay(end),
        status: isActive ? 'active' : 'expired',
        created_at: created.getTime(),
        updated_at: updated.getTime(),
      },
      { notes: omittedFrom(record) },
    )
  },
})

export const PLAN_PHASES = [laterPlans, plans]

const account: AccountModel = {
  model: customUser,
  details: (record, around) => {
    if (!isOf(record, customUser)) throw new Error(`a record of ${record.model.name}`)
    const { fields } = record
    const phone = fields.phone_number ? around.phoneNumber(fields.phone_number) : null
    const isOwn = phone !== null && around.claim('phone number', phone)
    const plan = around.moved(subscription.name, fields.subscription_plan)
    return {
      ...commonDetails(record),
      phoneNumber: isOwn ? phone : null,
      plan: plan === null ? null : Number(plan),
      // The role alone had no effect there.
      isSuspended: fields.role === 'suspended' && !fields.is_active,
      // Its column has the day of the last change.
      lastLoginAt: null,
      notes: [
        fields.phone_number && phone === null ? 'its phone number is in no numbering plan: it has none' : null,
        phone !== null && !isOwn ? "its phone number is another account's: it has none" : null,
        fields.subscription_plan !== null && plan === null ? 'its subscription plan is not imported: it has none' : null,
      ],
    }
  },
}

export const MATRIMONY_ACCOUNTS = [account]
