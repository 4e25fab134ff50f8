-- Whether the person has shown that mails to the address reach them; null for an address that nobody has proven.
ALTER TABLE users ADD COLUMN email_verified_at timestamptz;
-- Nobody but themselves vouches for these people: no district has made their account.
ALTER TABLE users ADD COLUMN is_self_registered boolean NOT NULL DEFAULT false;

-- A secret that a mail carries to one person, good for one use. Only its hash is kept.
CREATE TABLE one_time_links (
  id          uuid PRIMARY KEY,
  purpose     text NOT NULL CONSTRAINT one_time_links_purpose_check
                CHECK (purpose IN ('password_reset', 'email_verification', 'email_change', 'account_setup')),
  user_id     uuid NOT NULL CONSTRAINT one_time_links_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  secret_hash bytea NOT NULL CONSTRAINT one_time_links_secret_key UNIQUE,
  -- The address that the mail went to, and that its use proves.
  address     text NOT NULL CONSTRAINT one_time_links_address_check CHECK (char_length(address) BETWEEN 3 AND 254),
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  -- A newer one has taken its place, or its reason is gone.
  ended_at    timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT one_time_links_end_check CHECK (used_at IS NULL OR ended_at IS NULL)
);
CREATE INDEX one_time_links_user_idx ON one_time_links (user_id);
-- Of each purpose a person has one that works.
CREATE UNIQUE INDEX one_time_links_open_key ON one_time_links (user_id, purpose)
  WHERE used_at IS NULL AND ended_at IS NULL;
CREATE INDEX one_time_links_expires_idx ON one_time_links (expires_at);
CREATE TRIGGER one_time_links_touch BEFORE UPDATE ON one_time_links FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- A mail about an account, and whether it has gone out. Its link is made when it is sent.
CREATE TABLE account_mails (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL CONSTRAINT account_mails_kind_check
                CHECK (kind IN ('password_reset', 'password_changed', 'email_verification', 'email_change',
                                'email_change_announced', 'account_setup')),
  -- Null for what anybody may ask for with an address: whose it is, the sender finds out.
  user_id     uuid CONSTRAINT account_mails_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  recipient   text NOT NULL CONSTRAINT account_mails_recipient_check CHECK (char_length(recipient) BETWEEN 3 AND 254),
  state       text NOT NULL DEFAULT 'pending' CONSTRAINT account_mails_state_check
                CHECK (state IN ('pending', 'sent', 'failed', 'skipped')),
  attempts    integer NOT NULL DEFAULT 0,
  error_code  text CONSTRAINT account_mails_error_check CHECK (char_length(error_code) <= 100),
  provider_id text CONSTRAINT account_mails_provider_check CHECK (char_length(provider_id) <= 300),
  finished_at timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_mails_user_check CHECK (user_id IS NOT NULL OR kind = 'password_reset'),
  CONSTRAINT account_mails_finished_check CHECK ((state = 'pending') = (finished_at IS NULL))
);
CREATE INDEX account_mails_user_idx ON account_mails (user_id, kind);
CREATE INDEX account_mails_created_idx ON account_mails (created_at);
CREATE TRIGGER account_mails_touch BEFORE UPDATE ON account_mails FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
