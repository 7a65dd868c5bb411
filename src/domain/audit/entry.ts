import type { AuditAction, NewAuditEntry } from '../../model/audit.ts'
import { sourceOf } from '../access.ts'
import type { Context } from '../context.ts'

/** The entry for what the caller does now. `subjectId` is the account that it concerns. */
export const auditEntry = (context: Context, action: AuditAction, subjectId: number | null, detail = ''): NewAuditEntry => ({
  ...sourceOf(context),
  at: context.now(),
  action,
  subjectId,
  detail,
})
