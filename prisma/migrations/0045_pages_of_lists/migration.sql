-- A page of a list is read along an index that has the order of the list: its cost does not depend on what is behind it.

-- The list of all tenants, for platform admins. A sign-in changes neither column.
CREATE INDEX users_created_idx ON users (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX users_updated_idx ON users (updated_at, id) WHERE deleted_at IS NULL;

-- The groups of a tenant, and those of a parent. Groups change a few times a year.
CREATE INDEX groups_tenant_name_idx ON groups (tenant_id, name, id);
CREATE INDEX groups_tenant_created_idx ON groups (tenant_id, created_at, id);
CREATE INDEX groups_parent_created_idx ON groups (parent_id, created_at, id);
CREATE INDEX groups_parent_updated_idx ON groups (parent_id, updated_at, id);

-- The members of a group by the day they joined: written once, because that day never changes.
CREATE INDEX group_members_created_idx ON group_members (group_id, created_at, user_id);

-- A person's own runs and chats by their last change. A run changes a few times in its life; a chat has an index on its
-- last activity already (`sessions_idle_idx`), so that this one is the second that a message writes to.
CREATE INDEX runs_user_updated_idx ON runs (user_id, updated_at, id);
CREATE INDEX sessions_user_activity_idx ON sessions (user_id, last_activity_at, id);
