-- What lists of classes and of members are sorted by stands in the row itself, because an index has columns of one table.

-- The last change of anything that an item of a list of classes shows: the class, who is in it, the name of its group, and
-- whether the group is archived. A move of the group shows nowhere.
ALTER TABLE classes ADD COLUMN changed_at timestamptz;
DROP TRIGGER classes_touch ON classes;
UPDATE classes c SET changed_at = greatest(c.updated_at, c.members_changed_at, g.updated_at)
  FROM groups g WHERE g.id = c.group_id;
ALTER TABLE classes ALTER COLUMN changed_at SET NOT NULL, ALTER COLUMN changed_at SET DEFAULT now();
-- A change of the group or of the members is no change of the class's own revision.
CREATE TRIGGER classes_touch BEFORE UPDATE ON classes FOR EACH ROW
  WHEN (OLD.members_changed_at IS NOT DISTINCT FROM NEW.members_changed_at
    AND OLD.changed_at IS NOT DISTINCT FROM NEW.changed_at)
  EXECUTE FUNCTION touch_revision();
CREATE FUNCTION note_change_of_class() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := greatest(NEW.changed_at, NEW.updated_at, NEW.members_changed_at);
  RETURN NEW;
END $$;
-- After `classes_touch`, by the order of the names.
CREATE TRIGGER classes_track BEFORE INSERT OR UPDATE ON classes
  FOR EACH ROW EXECUTE FUNCTION note_change_of_class();
CREATE FUNCTION note_change_of_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE classes SET changed_at = clock_timestamp() WHERE group_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER groups_classes AFTER UPDATE OF name, deleted_at ON groups FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
  EXECUTE FUNCTION note_change_of_group();

-- The classes of a tenant, and those of a group, in the three orders of their lists. A class changes when somebody edits
-- it, joins or leaves.
DROP INDEX classes_tenant_idx;
CREATE INDEX classes_tenant_changed_idx ON classes (tenant_id, changed_at, id);
CREATE INDEX classes_tenant_name_idx ON classes (tenant_id, name, id);
CREATE INDEX classes_tenant_created_idx ON classes (tenant_id, created_at, id);
CREATE INDEX classes_group_changed_idx ON classes (group_id, changed_at, id);
CREATE INDEX classes_group_created_idx ON classes (group_id, created_at, id);

-- The members of a group by name. People are renamed rarely, and each is a member of a few groups.
ALTER TABLE group_members ADD COLUMN user_name text;
ALTER TABLE group_members DISABLE TRIGGER group_members_touch;
UPDATE group_members m SET user_name = u.name FROM users u WHERE u.id = m.user_id;
ALTER TABLE group_members ENABLE TRIGGER group_members_touch;
ALTER TABLE group_members ALTER COLUMN user_name SET NOT NULL, ALTER COLUMN user_name SET DEFAULT '';
CREATE FUNCTION copy_name_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Shared, so that a rename at the same moment comes before or after.
  SELECT u.name INTO NEW.user_name FROM users u WHERE u.id = NEW.user_id FOR SHARE;
  NEW.user_name := coalesce(NEW.user_name, '');
  RETURN NEW;
END $$;
CREATE TRIGGER group_members_name BEFORE INSERT OR UPDATE OF user_id ON group_members
  FOR EACH ROW EXECUTE FUNCTION copy_name_of_member();
CREATE FUNCTION copy_name_to_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE group_members SET user_name = NEW.name WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER users_members AFTER UPDATE OF name ON users FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION copy_name_to_members();
CREATE INDEX group_members_name_idx ON group_members (group_id, user_name, user_id);

-- The tools of a tenant, and those of a group, in the orders of the list; then the few that are shared with a whole
-- tenant or with everybody. Tools change when their authors work on them.
CREATE INDEX tools_tenant_name_idx ON tools (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX tools_tenant_created_idx ON tools (tenant_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tools_group_created_idx ON tools (group_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tools_group_updated_idx ON tools (group_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tools_shared_name_idx ON tools (tenant_id, name, id)
  WHERE visibility IN ('tenant', 'public') AND state = 'published' AND deleted_at IS NULL;
CREATE INDEX tools_shared_created_idx ON tools (tenant_id, created_at, id)
  WHERE visibility IN ('tenant', 'public') AND state = 'published' AND deleted_at IS NULL;
CREATE INDEX tools_shared_updated_idx ON tools (tenant_id, updated_at, id)
  WHERE visibility IN ('tenant', 'public') AND state = 'published' AND deleted_at IS NULL;
DROP INDEX tools_public_idx;

-- The assignments of a class, by columns that rarely or never change.
CREATE INDEX assignments_class_created_idx ON assignments (class_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX assignments_class_title_idx ON assignments (class_id, title, id) WHERE deleted_at IS NULL;
