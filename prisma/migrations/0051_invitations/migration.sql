-- What a person is asked to become in a group or class; they are that only after they have accepted.
CREATE TABLE invitations (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL CONSTRAINT invitations_tenant_fkey REFERENCES groups (id) ON DELETE CASCADE,
  group_id    uuid CONSTRAINT invitations_group_fkey REFERENCES groups (id) ON DELETE CASCADE,
  class_id    uuid CONSTRAINT invitations_class_fkey REFERENCES classes (id) ON DELETE CASCADE,
  email       text NOT NULL CONSTRAINT invitations_email_check
                CHECK (email = lower(email) AND char_length(email) BETWEEN 3 AND 254),
  role        text NOT NULL,
  state       text NOT NULL DEFAULT 'pending' CONSTRAINT invitations_state_check
                CHECK (state IN ('pending', 'accepted', 'revoked', 'expired')),
  -- Of the newest mail; null before it is sent.
  secret_hash bytea CONSTRAINT invitations_secret_key UNIQUE,
  -- Whose right it carries.
  invited_by  uuid CONSTRAINT invitations_invited_by_fkey REFERENCES users (id) ON DELETE SET NULL,
  accepted_by uuid CONSTRAINT invitations_accepted_by_fkey REFERENCES users (id) ON DELETE SET NULL,
  expires_at  timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT invitations_place_check CHECK ((group_id IS NULL) <> (class_id IS NULL)),
  CONSTRAINT invitations_role_check CHECK (
    CASE WHEN class_id IS NULL THEN role IN ('admin', 'teacher', 'staff', 'student', 'guardian')
         ELSE role IN ('teacher', 'assistant', 'student') END),
  CONSTRAINT invitations_accepted_check CHECK ((state = 'accepted') = (accepted_at IS NOT NULL)),
  CONSTRAINT invitations_revoked_check CHECK ((state = 'revoked') = (revoked_at IS NOT NULL))
);
-- An address has one invitation to a place that it can accept.
CREATE UNIQUE INDEX invitations_group_email_key ON invitations (group_id, email) WHERE state = 'pending' AND group_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_class_email_key ON invitations (class_id, email) WHERE state = 'pending' AND class_id IS NOT NULL;
-- The two orders of the lists.
CREATE INDEX invitations_group_created_idx ON invitations (group_id, created_at, id);
CREATE INDEX invitations_group_email_idx ON invitations (group_id, email, id);
CREATE INDEX invitations_class_created_idx ON invitations (class_id, created_at, id);
CREATE INDEX invitations_class_email_idx ON invitations (class_id, email, id);
CREATE INDEX invitations_tenant_idx ON invitations (tenant_id);
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by, created_at);
CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by);
CREATE INDEX invitations_expires_idx ON invitations (expires_at);
CREATE TRIGGER invitations_touch BEFORE UPDATE ON invitations FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

ALTER TABLE account_mails
  ADD COLUMN invitation_id uuid CONSTRAINT account_mails_invitation_fkey REFERENCES invitations (id) ON DELETE CASCADE,
  DROP CONSTRAINT account_mails_kind_check,
  ADD CONSTRAINT account_mails_kind_check
    CHECK (kind IN ('password_reset', 'password_changed', 'email_verification', 'email_change',
                    'email_change_announced', 'account_setup', 'invitation')),
  DROP CONSTRAINT account_mails_user_check,
  ADD CONSTRAINT account_mails_user_check CHECK (user_id IS NOT NULL OR kind IN ('password_reset', 'invitation')),
  ADD CONSTRAINT account_mails_invitation_check CHECK ((kind = 'invitation') = (invitation_id IS NOT NULL));
CREATE INDEX account_mails_invitation_idx ON account_mails (invitation_id);
