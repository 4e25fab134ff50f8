-- When somebody last joined or left: a list that asks for what has changed shows the number of students.
ALTER TABLE classes ADD COLUMN members_changed_at timestamptz;
-- A list of members is no part of the class's own revision: a roster that changes must not refuse a teacher's edit.
DROP TRIGGER classes_touch ON classes;
CREATE TRIGGER classes_touch BEFORE UPDATE ON classes FOR EACH ROW
  WHEN (OLD.members_changed_at IS NOT DISTINCT FROM NEW.members_changed_at) EXECUTE FUNCTION touch_revision();

CREATE FUNCTION note_class_members_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE classes SET members_changed_at = clock_timestamp() WHERE id IN (SELECT class_id FROM changed);
  RETURN NULL;
END $$;
CREATE TRIGGER class_members_joined AFTER INSERT ON class_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_class_members_changed();
CREATE TRIGGER class_members_left AFTER DELETE ON class_members REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_class_members_changed();
CREATE TRIGGER class_members_role AFTER UPDATE ON class_members REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_class_members_changed();
