CREATE TABLE groups (
  id          uuid PRIMARY KEY,
  -- The truth about the tree; `path` is derived from it.
  parent_id   uuid CONSTRAINT groups_parent_fkey REFERENCES groups (id),
  -- The root of the tree this group stands in (itself, for a root).
  tenant_id   uuid NOT NULL CONSTRAINT groups_tenant_fkey REFERENCES groups (id),
  path        ltree NOT NULL CONSTRAINT groups_path_key UNIQUE,
  kind        text NOT NULL DEFAULT 'group' CONSTRAINT groups_kind_check
                CHECK (kind IN ('district', 'school', 'department', 'program', 'group')),
  name        text NOT NULL CONSTRAINT groups_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
  settings    jsonb NOT NULL DEFAULT '{}' CONSTRAINT groups_settings_check CHECK (jsonb_typeof(settings) = 'object'),
  theme       jsonb NOT NULL DEFAULT '{}' CONSTRAINT groups_theme_check CHECK (jsonb_typeof(theme) = 'object'),
  created_by  uuid CONSTRAINT groups_created_by_fkey REFERENCES users (id),
  -- The group whose archiving took this one along: restoring that one brings back exactly these.
  archived_by_group_id uuid CONSTRAINT groups_archived_by_group_fkey REFERENCES groups (id),
  revision    integer NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  deleted_at  timestamptz,
  CONSTRAINT groups_root_check CHECK ((parent_id IS NULL) = (tenant_id = id)),
  CONSTRAINT groups_root_path_check CHECK ((parent_id IS NULL) = (nlevel(path) = 1)),
  CONSTRAINT groups_depth_check CHECK (nlevel(path) <= 32),
  CONSTRAINT groups_not_own_parent_check CHECK (parent_id <> id),
  CONSTRAINT groups_archived_check CHECK ((deleted_at IS NULL) = (archived_by_group_id IS NULL)),
  -- A label ends in the group's own id, so two branches can never share one.
  CONSTRAINT groups_label_check CHECK (
    right(ltree2text(subpath(path, -1, 1)), 13) = '_' || right(replace(id::text, '-', ''), 12))
);
CREATE INDEX groups_path_gist_idx ON groups USING gist (path);
CREATE INDEX groups_parent_idx ON groups (parent_id, name, id);
CREATE INDEX groups_tenant_idx ON groups (tenant_id, updated_at, id);
CREATE INDEX groups_created_by_idx ON groups (created_by);
CREATE INDEX groups_archived_by_group_idx ON groups (archived_by_group_id);
CREATE TRIGGER groups_touch BEFORE UPDATE ON groups FOR EACH ROW EXECUTE FUNCTION touch_revision();

ALTER TABLE users ADD CONSTRAINT users_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES groups (id);

CREATE TABLE group_members (
  id         uuid PRIMARY KEY,
  group_id   uuid NOT NULL CONSTRAINT group_members_group_fkey REFERENCES groups (id) ON DELETE CASCADE,
  user_id    uuid NOT NULL CONSTRAINT group_members_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  role       text NOT NULL CONSTRAINT group_members_role_check
               CHECK (role IN ('admin', 'teacher', 'staff', 'student', 'guardian')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT group_members_group_user_key UNIQUE (group_id, user_id)
);
CREATE INDEX group_members_user_idx ON group_members (user_id);
CREATE TRIGGER group_members_touch BEFORE UPDATE ON group_members FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
