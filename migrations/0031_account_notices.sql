-- Messages of the outbox that the cron is to send: notices about changes of an account, written in the batch of the change.
-- NULL: the message is only kept.
ALTER TABLE outbox ADD COLUMN due_at INTEGER;
CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL;
