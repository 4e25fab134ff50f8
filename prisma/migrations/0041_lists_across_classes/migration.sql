-- A list across classes takes the next rows of each class along one of these indexes, and merges them.
CREATE INDEX assignments_class_due_idx ON assignments (class_id, (coalesce(due_at, 'infinity'::timestamptz)), id)
  WHERE deleted_at IS NULL;
DROP INDEX assignments_class_idx;

-- The class of an attempt is that of its assignment, which never changes.
ALTER TABLE submissions ADD COLUMN class_id uuid CONSTRAINT submissions_class_fkey REFERENCES classes (id);
CREATE FUNCTION derive_class_of_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT a.class_id INTO NEW.class_id FROM assignments a WHERE a.id = NEW.assignment_id;
  RETURN NEW;
END $$;
CREATE TRIGGER submissions_class BEFORE INSERT ON submissions
  FOR EACH ROW EXECUTE FUNCTION derive_class_of_submission();
