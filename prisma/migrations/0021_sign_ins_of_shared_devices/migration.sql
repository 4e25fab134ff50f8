-- When the password was last given in this sign-in: null in those that began before, or without a password.
ALTER TABLE refresh_tokens ADD COLUMN password_proven_at timestamptz;
-- Its user said that others use the device, too: the sign-in ends sooner.
ALTER TABLE refresh_tokens ADD COLUMN is_shared_device boolean NOT NULL DEFAULT false;
ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_reason_check;
ALTER TABLE refresh_tokens ADD CONSTRAINT refresh_tokens_reason_check
  CHECK (revoke_reason IN ('logout', 'ended', 'reuse', 'password_changed', 'deactivated', 'expired', 'replaced'));

-- Devices that were known before this moment are no longer.
ALTER TABLE auth_identities ADD COLUMN password_changed_at timestamptz;

-- Somebody else chose the password: until it is changed, nothing else is possible.
ALTER TABLE users ADD COLUMN must_change_password boolean NOT NULL DEFAULT false;

-- What happens once in the life of an installation, and never again.
CREATE TABLE installation_events (
  id         uuid PRIMARY KEY,
  name       text NOT NULL CONSTRAINT installation_events_name_key UNIQUE
               CONSTRAINT installation_events_name_check CHECK (name IN ('first_admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER installation_events_touch BEFORE UPDATE ON installation_events
  FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
