-- Something that people are told of, written in the transaction in which it happened.
CREATE TABLE notification_events (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL CONSTRAINT notification_events_tenant_fkey REFERENCES groups (id),
  event       text NOT NULL CONSTRAINT notification_events_event_check CHECK (event ~ '^[a-z_]{1,60}\.[a-z_]{1,60}$'),
  -- The assignment, submission, export… that it is about. No foreign key: what a key points at depends on the event.
  subject_id  uuid NOT NULL,
  -- Tells apart what happens to one subject several times; the same one announced twice is one event.
  occurrence  text NOT NULL DEFAULT '' CONSTRAINT notification_events_occurrence_check CHECK (char_length(occurrence) <= 100),
  -- Those who are told are people of this class, where there is one.
  class_id    uuid CONSTRAINT notification_events_class_fkey REFERENCES classes (id),
  assignment_id uuid CONSTRAINT notification_events_assignment_fkey REFERENCES assignments (id),
  -- Who is told, where the event names them.
  user_ids    uuid[] NOT NULL,
  -- Who did it, and so need not be told.
  actor_id    uuid CONSTRAINT notification_events_actor_fkey REFERENCES users (id) ON DELETE SET NULL,
  -- Set once everybody has their notification.
  expanded_at timestamptz,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notification_events_occurrence_key UNIQUE (event, subject_id, occurrence)
);
CREATE INDEX notification_events_tenant_idx ON notification_events (tenant_id);
CREATE INDEX notification_events_class_idx ON notification_events (class_id);
CREATE INDEX notification_events_assignment_idx ON notification_events (assignment_id);
CREATE INDEX notification_events_actor_idx ON notification_events (actor_id);
CREATE TRIGGER notification_events_touch BEFORE UPDATE ON notification_events FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What one person is told.
CREATE TABLE notifications (
  id         uuid PRIMARY KEY,
  event_id   uuid NOT NULL CONSTRAINT notifications_event_fkey REFERENCES notification_events (id) ON DELETE CASCADE,
  user_id    uuid NOT NULL CONSTRAINT notifications_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  -- Whether it stands in the person's list; who wants no such list may still get mails.
  listed     boolean NOT NULL DEFAULT true,
  read_at    timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notifications_event_user_key UNIQUE (event_id, user_id)
);
CREATE INDEX notifications_user_idx ON notifications (user_id, created_at, id) WHERE listed;
CREATE INDEX notifications_user_all_idx ON notifications (user_id);
CREATE INDEX notifications_unread_idx ON notifications (user_id) WHERE listed AND read_at IS NULL;
CREATE TRIGGER notifications_touch BEFORE UPDATE ON notifications FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- One row for each way on which a notification leaves the house.
CREATE TABLE notification_deliveries (
  id              uuid PRIMARY KEY,
  notification_id uuid NOT NULL CONSTRAINT notification_deliveries_notification_fkey REFERENCES notifications (id) ON DELETE CASCADE,
  channel         text NOT NULL CONSTRAINT notification_deliveries_channel_check CHECK (channel IN ('email', 'push')),
  state           text NOT NULL DEFAULT 'pending' CONSTRAINT notification_deliveries_state_check
                    CHECK (state IN ('pending', 'deferred', 'sent', 'failed', 'skipped')),
  -- Not before: the end of quiet hours, or the next digest.
  due_at          timestamptz NOT NULL,
  -- The delivery whose mail tells of this one as well.
  digest_id       uuid CONSTRAINT notification_deliveries_digest_fkey REFERENCES notification_deliveries (id) ON DELETE SET NULL,
  attempts        integer NOT NULL DEFAULT 0,
  -- Set in the moment before the mail server is given the message: from then on it may have it.
  handed_at       timestamptz,
  provider_id     text CONSTRAINT notification_deliveries_provider_id_check CHECK (char_length(provider_id) <= 200),
  error_code      text CONSTRAINT notification_deliveries_error_code_check CHECK (char_length(error_code) <= 100),
  finished_at     timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notification_deliveries_channel_key UNIQUE (notification_id, channel),
  CONSTRAINT notification_deliveries_finished_check CHECK ((state IN ('pending', 'deferred')) = (finished_at IS NULL))
);
CREATE INDEX notification_deliveries_digest_idx ON notification_deliveries (digest_id);
CREATE INDEX notification_deliveries_open_idx ON notification_deliveries (notification_id) WHERE state IN ('pending', 'deferred');
CREATE TRIGGER notification_deliveries_touch BEFORE UPDATE ON notification_deliveries FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- How somebody wants to be told. Without a row: at any hour, each by itself.
CREATE TABLE notification_settings (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL CONSTRAINT notification_settings_user_key UNIQUE CONSTRAINT notification_settings_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  -- Minutes after midnight, in the zone; the end may lie on the next day.
  quiet_from  integer CONSTRAINT notification_settings_quiet_from_check CHECK (quiet_from BETWEEN 0 AND 1439),
  quiet_until integer CONSTRAINT notification_settings_quiet_until_check CHECK (quiet_until BETWEEN 0 AND 1439),
  -- IANA name; null for that of the school.
  time_zone   text CONSTRAINT notification_settings_time_zone_check CHECK (char_length(time_zone) BETWEEN 1 AND 64),
  digest      text NOT NULL DEFAULT 'none' CONSTRAINT notification_settings_digest_check CHECK (digest IN ('none', 'daily')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notification_settings_quiet_check CHECK ((quiet_from IS NULL) = (quiet_until IS NULL) AND quiet_from <> quiet_until)
);
CREATE TRIGGER notification_settings_touch BEFORE UPDATE ON notification_settings FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Where somebody wants it otherwise than an event's own channels say.
CREATE TABLE notification_preferences (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL CONSTRAINT notification_preferences_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  event      text NOT NULL CONSTRAINT notification_preferences_event_check CHECK (char_length(event) BETWEEN 1 AND 121),
  channel    text NOT NULL CONSTRAINT notification_preferences_channel_check CHECK (channel IN ('in_app', 'email', 'push')),
  enabled    boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT notification_preferences_key UNIQUE (user_id, event, channel)
);
CREATE TRIGGER notification_preferences_touch BEFORE UPDATE ON notification_preferences FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- A browser that takes Web Push. It belongs to whoever used it last.
CREATE TABLE push_subscriptions (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL CONSTRAINT push_subscriptions_user_fkey REFERENCES users (id) ON DELETE CASCADE,
  endpoint   text NOT NULL CONSTRAINT push_subscriptions_endpoint_check CHECK (char_length(endpoint) BETWEEN 1 AND 1000),
  p256dh     text NOT NULL CONSTRAINT push_subscriptions_p256dh_check CHECK (char_length(p256dh) BETWEEN 1 AND 200),
  auth       text NOT NULL CONSTRAINT push_subscriptions_auth_check CHECK (char_length(auth) BETWEEN 1 AND 100),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint)
);
CREATE INDEX push_subscriptions_user_idx ON push_subscriptions (user_id);
CREATE TRIGGER push_subscriptions_touch BEFORE UPDATE ON push_subscriptions FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
