-- An archived assignment is read-only: nobody begins, hands in, grades or returns, and everybody reads what they could
-- read. `closed_at` stays, so that restoring knows what it was before.
ALTER TABLE assignments
  DROP CONSTRAINT assignments_state_check,
  DROP CONSTRAINT assignments_closed_check,
  ADD CONSTRAINT assignments_state_check CHECK (state IN ('draft', 'published', 'closed', 'archived')),
  ADD CONSTRAINT assignments_closed_check CHECK (state = 'archived' OR (state = 'closed') = (closed_at IS NOT NULL));
