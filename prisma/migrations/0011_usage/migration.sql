-- The role in which somebody asked a model. Fixed when the call is opened: who changes class or role later does not
-- change what was used in the old one. Calls from before this column have none.
ALTER TABLE ai_calls ADD COLUMN role text CONSTRAINT ai_calls_role_check
  CHECK (role IN ('admin', 'teacher', 'staff', 'assistant', 'student', 'observer', 'guardian', 'none'));

-- The person's role in the class of the call; outside of classes the strongest they have in the tenant. 'none' is
-- somebody who belongs to nothing there, such as an admin of the platform.
CREATE FUNCTION set_ai_call_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT m.role INTO NEW.role FROM class_members m WHERE m.class_id = NEW.class_id AND m.user_id = NEW.user_id;
  IF NEW.role IS NULL THEN
    SELECT r.role INTO NEW.role FROM (
      SELECT m.role FROM group_members m JOIN groups g ON g.id = m.group_id
      WHERE m.user_id = NEW.user_id AND g.tenant_id = NEW.tenant_id
      UNION ALL
      SELECT m.role FROM class_members m JOIN classes c ON c.id = m.class_id
      WHERE m.user_id = NEW.user_id AND c.tenant_id = NEW.tenant_id) r
    ORDER BY array_position(ARRAY['admin', 'teacher', 'staff', 'assistant', 'student', 'observer', 'guardian'], r.role)
    LIMIT 1;
  END IF;
  NEW.role := coalesce(NEW.role, 'none');
  RETURN NEW;
END $$;
CREATE TRIGGER ai_calls_role BEFORE INSERT ON ai_calls FOR EACH ROW WHEN (NEW.role IS NULL) EXECUTE FUNCTION set_ai_call_role();

-- What has been settled since the last aggregation, and to which days it belongs.
CREATE INDEX ai_calls_settled_idx ON ai_calls (tenant_id, settled_at) INCLUDE (created_at) WHERE settled_at IS NOT NULL;

-- How far a tenant's usage is aggregated. Whoever aggregates locks this row first.
CREATE TABLE usage_progress (
  id              uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL CONSTRAINT usage_progress_tenant_fkey REFERENCES groups (id),
  -- The last day that is aggregated, and the moment it ended: calls from then on are in no day yet.
  last_day        date,
  closed_until    timestamptz,
  -- Calls settled before this moment are in their day; later ones make their day due again.
  settled_through timestamptz NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT usage_progress_tenant_key UNIQUE (tenant_id),
  CONSTRAINT usage_progress_last_day_check CHECK ((last_day IS NULL) = (closed_until IS NULL))
);
CREATE TRIGGER usage_progress_touch BEFORE UPDATE ON usage_progress FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- The days that are aggregated, each with the time it stood for: it begins where the day before ended, whatever has
-- become of the tenant's time zone since.
CREATE TABLE usage_days (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL CONSTRAINT usage_days_tenant_fkey REFERENCES groups (id),
  day        date NOT NULL,
  time_zone  text NOT NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT usage_days_tenant_day_key UNIQUE (tenant_id, day),
  CONSTRAINT usage_days_order_check CHECK (starts_at <= ends_at)
);
CREATE INDEX usage_days_starts_idx ON usage_days (tenant_id, starts_at, day);
CREATE TRIGGER usage_days_touch BEFORE UPDATE ON usage_days FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Settled calls by day and by whom they were for. The id is made of the combination, so that whoever aggregates the
-- same calls writes the same row.
CREATE TABLE usage_daily (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL CONSTRAINT usage_daily_tenant_fkey REFERENCES groups (id),
  day           date NOT NULL,
  -- The tenant's root for calls that belong to no group of the tenant.
  group_id      uuid NOT NULL CONSTRAINT usage_daily_group_fkey REFERENCES groups (id),
  class_id      uuid CONSTRAINT usage_daily_class_fkey REFERENCES classes (id),
  tool_id       uuid CONSTRAINT usage_daily_tool_fkey REFERENCES tools (id),
  model         text NOT NULL,
  role          text NOT NULL CONSTRAINT usage_daily_role_check
                  CHECK (role IN ('admin', 'teacher', 'staff', 'assistant', 'student', 'observer', 'guardian', 'none')),
  -- All settled calls, those that failed or broke off among them.
  calls         bigint NOT NULL CONSTRAINT usage_daily_calls_check CHECK (calls > 0),
  failed_calls  bigint NOT NULL,
  aborted_calls bigint NOT NULL,
  input_tokens  bigint NOT NULL,
  output_tokens bigint NOT NULL,
  -- Millionths of the billing currency, as in ai_calls.
  cost_micros   bigint NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT usage_daily_combination_key UNIQUE NULLS NOT DISTINCT (tenant_id, day, group_id, class_id, tool_id, model, role),
  CONSTRAINT usage_daily_parts_check CHECK (failed_calls >= 0 AND aborted_calls >= 0 AND failed_calls + aborted_calls <= calls)
);
CREATE INDEX usage_daily_group_idx ON usage_daily (group_id, day);
CREATE INDEX usage_daily_class_idx ON usage_daily (class_id, day);
CREATE INDEX usage_daily_tool_idx ON usage_daily (tool_id, day);
CREATE TRIGGER usage_daily_touch BEFORE UPDATE ON usage_daily FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- The months that are aggregated. One whose days have changed since is stale until it is aggregated again.
CREATE TABLE usage_months (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL CONSTRAINT usage_months_tenant_fkey REFERENCES groups (id),
  month      date NOT NULL CONSTRAINT usage_months_first_check CHECK (extract(day FROM month) = 1),
  is_stale   boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT usage_months_tenant_month_key UNIQUE (tenant_id, month)
);
CREATE TRIGGER usage_months_touch BEFORE UPDATE ON usage_months FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE usage_monthly (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL CONSTRAINT usage_monthly_tenant_fkey REFERENCES groups (id),
  month         date NOT NULL CONSTRAINT usage_monthly_first_check CHECK (extract(day FROM month) = 1),
  group_id      uuid NOT NULL CONSTRAINT usage_monthly_group_fkey REFERENCES groups (id),
  class_id      uuid CONSTRAINT usage_monthly_class_fkey REFERENCES classes (id),
  tool_id       uuid CONSTRAINT usage_monthly_tool_fkey REFERENCES tools (id),
  model         text NOT NULL,
  role          text NOT NULL CONSTRAINT usage_monthly_role_check
                  CHECK (role IN ('admin', 'teacher', 'staff', 'assistant', 'student', 'observer', 'guardian', 'none')),
  calls         bigint NOT NULL CONSTRAINT usage_monthly_calls_check CHECK (calls > 0),
  failed_calls  bigint NOT NULL,
  aborted_calls bigint NOT NULL,
  input_tokens  bigint NOT NULL,
  output_tokens bigint NOT NULL,
  cost_micros   bigint NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT usage_monthly_combination_key UNIQUE NULLS NOT DISTINCT (tenant_id, month, group_id, class_id, tool_id, model, role),
  CONSTRAINT usage_monthly_parts_check CHECK (failed_calls >= 0 AND aborted_calls >= 0 AND failed_calls + aborted_calls <= calls)
);
CREATE INDEX usage_monthly_group_idx ON usage_monthly (group_id, month);
CREATE INDEX usage_monthly_class_idx ON usage_monthly (class_id, month);
CREATE INDEX usage_monthly_tool_idx ON usage_monthly (tool_id, month);
CREATE TRIGGER usage_monthly_touch BEFORE UPDATE ON usage_monthly FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
