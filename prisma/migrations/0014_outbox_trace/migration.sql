-- The trace of the request that asked for a job, so that the job's spans become part of it. Null where nothing is traced.
ALTER TABLE outbox ADD COLUMN traceparent text
  CONSTRAINT outbox_traceparent_check CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$');
