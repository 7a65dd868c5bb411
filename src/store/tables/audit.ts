import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { AUDIT_ROLES, type AuditAction } from '../../model/audit.ts'

export const auditEntries = sqliteTable('audit_entries', {
  id: integer().primaryKey({ autoIncrement: true }),
  at: integer().notNull(),
  action: text().$type<AuditAction>().notNull(),
  role: text({ enum: AUDIT_ROLES }).notNull(),
  actorId: integer('actor_id'),
  credentialId: text('credential_id'),
  address: text(),
  subjectId: integer('subject_id'),
  detail: text().notNull().default(''),
})
