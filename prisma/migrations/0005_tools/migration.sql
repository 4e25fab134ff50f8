CREATE TABLE tools (
  id              uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL CONSTRAINT tools_tenant_fkey REFERENCES groups (id),
  group_id        uuid NOT NULL CONSTRAINT tools_group_fkey REFERENCES groups (id),
  author_id       uuid NOT NULL CONSTRAINT tools_author_fkey REFERENCES users (id),
  type            text NOT NULL CONSTRAINT tools_type_check CHECK (type IN ('chat', 'product')),
  visibility      text NOT NULL DEFAULT 'private' CONSTRAINT tools_visibility_check
                    CHECK (visibility IN ('private', 'group', 'tenant', 'public')),
  state           text NOT NULL DEFAULT 'draft' CONSTRAINT tools_state_check
                    CHECK (state IN ('draft', 'published', 'archived')),
  -- Copied from the current version, so that lists and search need not open every definition.
  name            text NOT NULL CONSTRAINT tools_name_check CHECK (char_length(name) BETWEEN 1 AND 120),
  description     text CONSTRAINT tools_description_check CHECK (char_length(description) <= 2000),
  subject         text CONSTRAINT tools_subject_check CHECK (char_length(subject) BETWEEN 1 AND 100),
  current_version integer NOT NULL DEFAULT 1 CONSTRAINT tools_current_version_check CHECK (current_version >= 1),
  forked_from_tool_id uuid,
  forked_from_version integer,
  -- Whether those who can see the tool may copy it, its behavior included. The author's choice.
  forkable        boolean NOT NULL DEFAULT false,
  published_at    timestamptz,
  revision        integer NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  deleted_at      timestamptz,
  CONSTRAINT tools_forked_check CHECK ((forked_from_tool_id IS NULL) = (forked_from_version IS NULL))
);
CREATE INDEX tools_tenant_idx ON tools (tenant_id, updated_at, id);
CREATE INDEX tools_group_idx ON tools (group_id, name, id);
CREATE INDEX tools_author_idx ON tools (author_id);
CREATE INDEX tools_public_idx ON tools (name, id) WHERE visibility = 'public' AND state = 'published' AND deleted_at IS NULL;
CREATE INDEX tools_search_idx ON tools USING gin ((lower(name) || ' ' || lower(coalesce(description, ''))) gin_trgm_ops)
  WHERE deleted_at IS NULL;
CREATE TRIGGER tools_touch BEFORE UPDATE ON tools FOR EACH ROW EXECUTE FUNCTION touch_revision();

CREATE TABLE tool_versions (
  id           uuid PRIMARY KEY,
  tool_id      uuid NOT NULL CONSTRAINT tool_versions_tool_fkey REFERENCES tools (id),
  version      integer NOT NULL CONSTRAINT tool_versions_version_check CHECK (version >= 1),
  definition   jsonb NOT NULL CONSTRAINT tool_versions_definition_check CHECK (jsonb_typeof(definition) = 'object'),
  -- SHA-256 of the canonical JSON of the definition.
  content_hash text NOT NULL CONSTRAINT tool_versions_hash_check CHECK (content_hash ~ '^[0-9a-f]{64}$'),
  created_by   uuid NOT NULL CONSTRAINT tool_versions_created_by_fkey REFERENCES users (id),
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tool_versions_tool_version_key UNIQUE (tool_id, version)
);
CREATE INDEX tool_versions_created_by_idx ON tool_versions (created_by);
CREATE TRIGGER tool_versions_immutable BEFORE UPDATE OR DELETE ON tool_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Deferred: a tool and its first version are written in one transaction, each naming the other.
ALTER TABLE tools ADD CONSTRAINT tools_current_version_fkey
  FOREIGN KEY (id, current_version) REFERENCES tool_versions (tool_id, version) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX tools_current_version_idx ON tools (id, current_version);
ALTER TABLE tools ADD CONSTRAINT tools_forked_from_fkey
  FOREIGN KEY (forked_from_tool_id, forked_from_version) REFERENCES tool_versions (tool_id, version);
CREATE INDEX tools_forked_from_idx ON tools (forked_from_tool_id, forked_from_version);
