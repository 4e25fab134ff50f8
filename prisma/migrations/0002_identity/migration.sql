CREATE TABLE users (
  id                uuid PRIMARY KEY,
  -- The home tenant. Null until the first group or class takes the person in; never changed afterwards.
  tenant_id         uuid,
  email             text NOT NULL CONSTRAINT users_email_check
                      CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
  name              text NOT NULL CONSTRAINT users_name_check CHECK (char_length(name) BETWEEN 1 AND 200),
  status            text NOT NULL DEFAULT 'active' CONSTRAINT users_status_check CHECK (status IN ('active', 'deactivated')),
  is_platform_admin boolean NOT NULL DEFAULT false,
  locale            text CONSTRAINT users_locale_check CHECK (char_length(locale) BETWEEN 2 AND 35),
  last_login_at     timestamptz,
  deactivated_at    timestamptz,
  revision          integer NOT NULL DEFAULT 1,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  deleted_at        timestamptz,
  CONSTRAINT users_deactivated_check CHECK ((status = 'deactivated') = (deactivated_at IS NOT NULL))
);
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;
CREATE INDEX users_tenant_name_idx ON users (tenant_id, name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_tenant_created_idx ON users (tenant_id, created_at, id) WHERE deleted_at IS NULL;
-- The platform admins' list goes over all tenants.
CREATE INDEX users_name_idx ON users (name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_tenant_updated_idx ON users (tenant_id, updated_at, id);
CREATE INDEX users_search_idx ON users USING gin ((lower(name) || ' ' || email) gin_trgm_ops) WHERE deleted_at IS NULL;
-- A log-in is no change of the person: neither their ETag nor `updatedSince` readers should notice it.
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW
  WHEN (OLD.last_login_at IS NOT DISTINCT FROM NEW.last_login_at) EXECUTE FUNCTION touch_revision();

CREATE TABLE auth_identities (
  id             uuid PRIMARY KEY,
  user_id        uuid NOT NULL CONSTRAINT auth_identities_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  provider       text NOT NULL CONSTRAINT auth_identities_provider_check
                   CHECK (provider IN ('password', 'google', 'microsoft', 'clever', 'oidc')),
  issuer         text NOT NULL CONSTRAINT auth_identities_issuer_check CHECK (char_length(issuer) BETWEEN 1 AND 500),
  subject        text NOT NULL CONSTRAINT auth_identities_subject_check CHECK (char_length(subject) BETWEEN 1 AND 500),
  password_hash  text,
  last_used_at   timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT auth_identities_password_check CHECK ((provider = 'password') = (password_hash IS NOT NULL)),
  CONSTRAINT auth_identities_issuer_subject_key UNIQUE (issuer, subject)
);
CREATE INDEX auth_identities_user_idx ON auth_identities (user_id);
CREATE TRIGGER auth_identities_touch BEFORE UPDATE ON auth_identities FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- One row per issued refresh token; the rows of one family are one sign-in ("session" in the API).
CREATE TABLE refresh_tokens (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL CONSTRAINT refresh_tokens_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  family_id   uuid NOT NULL,
  parent_id   uuid CONSTRAINT refresh_tokens_parent_fkey REFERENCES refresh_tokens (id) ON DELETE CASCADE,
  token_hash  bytea NOT NULL CONSTRAINT refresh_tokens_hash_key UNIQUE,
  user_agent  text CONSTRAINT refresh_tokens_user_agent_check CHECK (char_length(user_agent) <= 400),
  ip          text CONSTRAINT refresh_tokens_ip_check CHECK (char_length(ip) <= 64),
  expires_at  timestamptz NOT NULL,
  -- The whole sign-in ends here, however often it was refreshed.
  family_expires_at timestamptz NOT NULL,
  used_at     timestamptz,
  revoked_at  timestamptz,
  revoke_reason text CONSTRAINT refresh_tokens_reason_check
                CHECK (revoke_reason IN ('logout', 'ended', 'reuse', 'password_changed', 'deactivated', 'expired')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT refresh_tokens_revoked_check CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL)),
  -- A token has one successor at most: parallel refreshes cannot fork the family.
  CONSTRAINT refresh_tokens_parent_key UNIQUE (parent_id)
);
CREATE INDEX refresh_tokens_user_live_idx ON refresh_tokens (user_id, family_id) WHERE revoked_at IS NULL;
CREATE INDEX refresh_tokens_user_idx ON refresh_tokens (user_id);
CREATE INDEX refresh_tokens_family_idx ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_expires_idx ON refresh_tokens (family_expires_at);
CREATE TRIGGER refresh_tokens_touch BEFORE UPDATE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE api_tokens (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL CONSTRAINT api_tokens_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  name         text NOT NULL CONSTRAINT api_tokens_name_check CHECK (char_length(name) BETWEEN 1 AND 100),
  token_hash   bytea NOT NULL CONSTRAINT api_tokens_hash_key UNIQUE,
  -- The first characters of the token, shown so that its owner can tell tokens apart.
  prefix       text NOT NULL,
  scopes       text[] NOT NULL CONSTRAINT api_tokens_scopes_check CHECK (cardinality(scopes) BETWEEN 1 AND 50),
  expires_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX api_tokens_user_idx ON api_tokens (user_id);
CREATE TRIGGER api_tokens_touch BEFORE UPDATE ON api_tokens FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
