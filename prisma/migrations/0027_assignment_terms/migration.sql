-- What else a teacher can grant one student. A removed override keeps its row, emptied: its `updated_at` is how a
-- client that asks for what has changed learns of the removal.
ALTER TABLE assignment_overrides
  ADD COLUMN late_policy text CONSTRAINT assignment_overrides_late_policy_check CHECK (late_policy IN ('accept', 'refuse')),
  ADD COLUMN removed_at timestamptz,
  ADD CONSTRAINT assignment_overrides_removed_check CHECK (removed_at IS NULL OR NOT excused
    AND opens_at IS NULL AND due_at IS NULL AND closes_at IS NULL AND max_attempts IS NULL AND late_policy IS NULL);

-- Whether work that is still in progress when it can no longer be handed in is handed in for the student.
ALTER TABLE assignments ADD COLUMN auto_submit boolean NOT NULL DEFAULT true;
ALTER TABLE submissions
  ADD COLUMN auto_submitted boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT submissions_auto_submitted_check CHECK (NOT auto_submitted OR state <> 'in_progress');
CREATE INDEX submissions_in_progress_idx ON submissions (id) WHERE state = 'in_progress';

-- That a student was told of an assignment, which happens when it opens for them.
CREATE TABLE assignment_announcements (
  id            uuid PRIMARY KEY,
  assignment_id uuid NOT NULL CONSTRAINT assignment_announcements_assignment_fkey REFERENCES assignments (id) ON DELETE CASCADE,
  user_id       uuid NOT NULL CONSTRAINT assignment_announcements_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  created_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT assignment_announcements_once_key UNIQUE (assignment_id, user_id)
);
CREATE INDEX assignment_announcements_user_idx ON assignment_announcements (user_id);
INSERT INTO assignment_announcements (id, assignment_id, user_id)
  SELECT gen_random_uuid(), e.subject_id, n.user_id FROM notification_events e
  JOIN notifications n ON n.event_id = e.id JOIN assignments a ON a.id = e.subject_id
  WHERE e.event = 'assignment.published'
  ON CONFLICT DO NOTHING;
CREATE INDEX assignments_opens_idx ON assignments (opens_at) WHERE state = 'published' AND deleted_at IS NULL AND opens_at IS NOT NULL;
CREATE INDEX assignment_overrides_opens_idx ON assignment_overrides (opens_at) WHERE opens_at IS NOT NULL;

-- Whether dates follow each other: opens, then due, then closes. Null: no such date.
CREATE FUNCTION are_dates_in_order(opens_at timestamptz, due_at timestamptz, closes_at timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(opens_at <= due_at, true) AND coalesce(due_at <= closes_at, true) AND coalesce(opens_at < closes_at, true)
$$;

-- What holds for one student at an assignment, at one moment: the only place where an override meets its assignment.
-- Without a student (null): what the assignment says. `is_open` is the rule `reasonNotToWork` of
-- src/features/assignments/assignments.terms.ts for sets of rows; a test holds the two equal.
CREATE FUNCTION assignment_terms(assignment uuid, student uuid, at timestamptz)
RETURNS TABLE (
  state text, opens_at timestamptz, due_at timestamptz, closes_at timestamptz, late_policy text, max_attempts integer,
  excused boolean, attempts integer, open_attempt uuid, is_opened boolean, is_open boolean, ended_at timestamptz, changed_at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT w.state, w.opens_at, w.due_at, w.closes_at, w.late_policy, w.max_attempts, w.excused,
    (SELECT coalesce(max(s.attempt), 0) FROM submissions s WHERE s.assignment_id = $1 AND s.user_id = $2),
    (SELECT s.id FROM submissions s WHERE s.assignment_id = $1 AND s.user_id = $2 AND s.state = 'in_progress' ORDER BY s.attempt DESC LIMIT 1),
    w.state <> 'draft' AND coalesce(w.opens_at <= $3, true),
    w.state = 'published' AND coalesce(w.opens_at <= $3, true) AND coalesce(w.closes_at > $3, true)
      AND (w.late_policy = 'accept' OR coalesce(w.due_at >= $3, true)),
    least(
      CASE WHEN w.state = 'closed' THEN w.closed_at END,
      CASE WHEN w.closes_at <= $3 THEN w.closes_at END,
      CASE WHEN w.late_policy = 'refuse' AND w.due_at < $3 THEN w.due_at END),
    greatest(w.changed_at, w.overridden_at,
      CASE WHEN w.opens_at <= $3 THEN w.opens_at END, CASE WHEN w.due_at <= $3 THEN w.due_at END, CASE WHEN w.closes_at <= $3 THEN w.closes_at END)
  FROM (
    SELECT a.state, a.closed_at, coalesce(o.opens_at, a.opens_at) AS opens_at, coalesce(o.due_at, a.due_at) AS due_at,
      coalesce(o.closes_at, a.closes_at) AS closes_at, coalesce(o.late_policy, a.late_policy) AS late_policy,
      coalesce(o.max_attempts, a.max_attempts) AS max_attempts, coalesce(o.excused, false) AS excused,
      a.updated_at AS changed_at, o.updated_at AS overridden_at
    FROM assignments a LEFT JOIN assignment_overrides o ON o.assignment_id = a.id AND o.user_id = $2
    WHERE a.id = $1) w
$$;

-- Holds the dates of an assignment and those of its overrides together, whichever changes. An override waits for a
-- change of its assignment and the other way round, so that of two at once the second sees the first.
CREATE FUNCTION hold_dates_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed uuid;
BEGIN
  IF TG_TABLE_NAME = 'assignments' THEN
    changed := NEW.id;
  ELSE
    changed := NEW.assignment_id;
    PERFORM FROM assignments WHERE id = changed FOR SHARE;
  END IF;
  IF EXISTS (
    SELECT FROM assignments a JOIN assignment_overrides o ON o.assignment_id = a.id
    WHERE a.id = changed AND (TG_TABLE_NAME = 'assignments' OR o.id = (to_jsonb(NEW) ->> 'id')::uuid)
      AND NOT are_dates_in_order(coalesce(o.opens_at, a.opens_at), coalesce(o.due_at, a.due_at), coalesce(o.closes_at, a.closes_at)))
  THEN
    RAISE EXCEPTION 'the dates of an override are not in order' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'assignment_overrides_dates_check', TABLE = 'assignment_overrides';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER assignments_dates_order AFTER UPDATE OF opens_at, due_at, closes_at ON assignments
  FOR EACH ROW WHEN ((OLD.opens_at, OLD.due_at, OLD.closes_at) IS DISTINCT FROM (NEW.opens_at, NEW.due_at, NEW.closes_at))
  EXECUTE FUNCTION hold_dates_in_order();
CREATE TRIGGER assignment_overrides_dates_order AFTER INSERT OR UPDATE ON assignment_overrides
  FOR EACH ROW EXECUTE FUNCTION hold_dates_in_order();
