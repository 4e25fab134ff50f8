-- "Never signed in" as a column of its own: it changes once in the life of an account, so that the indexes on it cost a
-- later sign-in nothing.
ALTER TABLE users ADD COLUMN has_signed_in boolean NOT NULL GENERATED ALWAYS AS (last_login_at IS NOT NULL) STORED;
-- The lists of a tenant and of all tenants in their three orders, for those who have never signed in.
CREATE INDEX users_tenant_new_name_idx ON users (tenant_id, name, id) WHERE deleted_at IS NULL AND NOT has_signed_in;
CREATE INDEX users_tenant_new_created_idx ON users (tenant_id, created_at, id)
  WHERE deleted_at IS NULL AND NOT has_signed_in;
CREATE INDEX users_tenant_new_updated_idx ON users (tenant_id, updated_at, id)
  WHERE deleted_at IS NULL AND NOT has_signed_in;
CREATE INDEX users_new_name_idx ON users (name, id) WHERE deleted_at IS NULL AND NOT has_signed_in;
CREATE INDEX users_new_created_idx ON users (created_at, id) WHERE deleted_at IS NULL AND NOT has_signed_in;
CREATE INDEX users_new_updated_idx ON users (updated_at, id) WHERE deleted_at IS NULL AND NOT has_signed_in;

-- The printed card with which a pupil signs in once. One row a person: a new card takes the place of the old one.
CREATE TABLE login_cards (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL CONSTRAINT login_cards_user_fkey REFERENCES users (id) ON DELETE CASCADE
                CONSTRAINT login_cards_user_key UNIQUE,
  secret_hash bytea NOT NULL CONSTRAINT login_cards_hash_key UNIQUE,
  -- Who printed it.
  created_by  uuid CONSTRAINT login_cards_created_by_fkey REFERENCES users (id) ON DELETE SET NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_cards_created_by_idx ON login_cards (created_by);
CREATE INDEX login_cards_expires_idx ON login_cards (expires_at);
CREATE TRIGGER login_cards_touch BEFORE UPDATE ON login_cards FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
